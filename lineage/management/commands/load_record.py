"""Load the record's fixtures, all of them or none."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lineage.exchange.fixtures import load_fixtures
from lineage.exchange.rows import Refused
from lineage.management.reporting import (
    closed_pipe_ends_quietly,
    list_faults,
    list_loaded,
    progress_on,
)
from lineage.models import Organisation


class Command(BaseCommand):
    help = "Load every YAML and JSON fixture of the record, or nothing and say why."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "fixtures",
            help="where the fixtures are (default: fixtures/)",
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="only into a database without a record"
        )
        parser.add_argument("--dry-run", action="store_true", help="write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["if_empty"] and Organisation.objects.exists():
            self.stdout.write(
                "The database holds a record already; it is left as it is "
                "(`make record` brings in the fixtures)."
            )
            return
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder. Name the folder of the fixtures.")
        try:
            loaded = load_fixtures(
                folder, dry_run=options["dry_run"], progress=progress_on(self.stderr)
            )
        except Refused as refused:
            list_faults(self.stderr, refused)
            raise SystemExit(1) from refused
        with closed_pipe_ends_quietly():
            list_loaded(self.stdout, loaded, dry_run=options["dry_run"])

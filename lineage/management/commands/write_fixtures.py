"""Write the record as fixtures, sorted, a file a family."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lineage.exchange.fixtures import write_fixtures
from lineage.exchange.rows import Refused
from lineage.management.reporting import list_faults


class Command(BaseCommand):
    help = "Write the whole record as YAML fixtures, a file a family, sorted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "fixtures",
            help="where to write them (default: fixtures/)",
        )
        parser.add_argument(
            "--drop",
            action="store_true",
            help="take out of the files what the database does not hold",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            written = write_fixtures(folder, drop=options["drop"])
        except Refused as refused:
            list_faults(self.stderr, refused)
            raise SystemExit(1) from refused
        except OSError as error:
            raise CommandError(
                f"{error.filename} can’t be written ({error.strerror}). Name another folder."
            ) from error
        for name, count in written.items():
            self.stdout.write(f"{name}: {count} rows")

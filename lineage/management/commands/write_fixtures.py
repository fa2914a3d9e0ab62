"""Write the record as fixtures, sorted, a file a family."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from lineage.exchange.fixtures import write_fixtures


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

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in write_fixtures(options["folder"]).items():
            self.stdout.write(f"{name}: {count} rows")

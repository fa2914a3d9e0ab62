"""Write the record as an interchange document."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lineage.exchange.document import schema_faults
from lineage.exchange.export import Export, dump
from lineage.exchange.rows import Refused
from lineage.management.reporting import closed_pipe_ends_quietly, list_faults


class Command(BaseCommand):
    help = "Write the record as JSON: what readers may see, or with --drafts all of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["json"], default="json")
        parser.add_argument("--output", metavar="FILE", help="a file (default: standard output)")
        parser.add_argument("--drafts", action="store_true", help="what readers don’t see, too")

    def handle(self, *args: Any, **options: Any) -> None:
        document = Export(drafts=options["drafts"]).document(timezone.now())
        faults = list(schema_faults(document))
        if faults:
            list_faults(self.stderr, Refused(faults))
            raise SystemExit(1)
        text = dump(document)
        if not options["output"]:
            with closed_pipe_ends_quietly():
                self.stdout.write(text, ending="")
            return
        try:
            Path(options["output"]).write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(
                f"{options['output']} can’t be written ({error.strerror}). Name another file."
            ) from error

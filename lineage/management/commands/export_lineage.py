"""Write the record as an interchange document, or in another of its forms."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lineage.exchange.document import schema_faults
from lineage.exchange.export import Export
from lineage.exchange.formats import FORMATS
from lineage.exchange.rows import Refused
from lineage.management.reporting import closed_pipe_ends_quietly, list_faults


class Command(BaseCommand):
    help = "Write the record: what readers may see, or with --drafts all of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--format",
            choices=list(FORMATS),
            default="json",
            help="csv is one zip with a file a table; jsonld is W3C ORG",
        )
        parser.add_argument(
            "--base",
            metavar="URL",
            default="https://lineage.example/",
            help="the site that the ids of jsonld stand below",
        )
        parser.add_argument("--output", metavar="FILE", help="a file (default: standard output)")
        parser.add_argument("--drafts", action="store_true", help="what readers don’t see, too")

    def handle(self, *args: Any, **options: Any) -> None:
        document = Export(drafts=options["drafts"]).document(timezone.now())
        faults = list(schema_faults(document))
        if faults:
            list_faults(self.stderr, Refused(faults))
            raise SystemExit(1)
        content = FORMATS[options["format"]].write(document, options["base"])
        if not options["output"]:
            with closed_pipe_ends_quietly():
                self._say(content)
            return
        try:
            Path(options["output"]).write_bytes(content)
        except OSError as error:
            raise CommandError(
                f"{options['output']} can’t be written ({error.strerror}). Name another file."
            ) from error

    def _say(self, content: bytes) -> None:
        """To standard output, which takes bytes where it is a real one."""
        below = getattr(getattr(self.stdout, "_out", None), "buffer", None)
        if below is None:
            self.stdout.write(content.decode(), ending="")
        else:
            below.write(content)
            below.flush()

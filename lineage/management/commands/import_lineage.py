"""Load an interchange document, all of it or nothing."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lineage.exchange.document import import_document
from lineage.exchange.rows import Refused
from lineage.management.reporting import (
    closed_pipe_ends_quietly,
    list_faults,
    list_loaded,
    progress_on,
)


class Command(BaseCommand):
    help = "Load an interchange document (JSON), or nothing with a list of every fault."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the document; - for standard input")
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would change, and write nothing"
        )
        parser.add_argument(
            "--update", action="store_true", help="let the document change records that stand"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = (
                sys.stdin.buffer.read()
                if options["file"] == "-"
                else Path(options["file"]).read_bytes()
            )
        except OSError as error:
            raise CommandError(
                f"{options['file']} can’t be read ({error.strerror}). Name a readable file."
            ) from error
        try:
            loaded = import_document(
                text,
                update=options["update"],
                dry_run=options["dry_run"],
                progress=progress_on(self.stderr),
            )
        except Refused as refused:
            list_faults(self.stderr, refused)
            raise SystemExit(1) from refused
        with closed_pipe_ends_quietly():
            list_loaded(self.stdout, loaded, dry_run=options["dry_run"])

"""Draw the chart of one family, of a body's lineage, or of the whole movement; or the poster."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lineage.chart import Chart, Poster, write
from lineage.exchange.export import dump
from lineage.models import Organisation
from lineage.printing.paper import Paper, TooLargeError, told
from lineage.reading import families
from lineage.reading.imprint import licence
from lineage.reading.kin import DIRECTIONS


class Command(BaseCommand):
    help = "Draw a chart: one family, one body's lineage in a direction, or all that readers see."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--root", metavar="ID", help="a body (default: the whole movement)")
        parser.add_argument(
            "--direction",
            choices=DIRECTIONS,
            help="only this part of the root's lineage (default: its whole family)",
        )
        parser.add_argument("--format", choices=["svg", "json", "png", "pdf"], default="svg")
        parser.add_argument(
            "--poster",
            action="store_true",
            help="in columns on one sheet, as png and pdf show the whole movement",
        )
        parser.add_argument("--output", metavar="FILE", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        root, direction, form = options["root"], options["direction"], options["format"]
        if direction and not root:
            raise CommandError("--direction needs a body to start from. Add --root ID.")
        if options["poster"] and form == "json":
            raise CommandError("A poster is no data. Ask for svg, png or pdf, or leave --poster.")
        say = self.stderr.write if self.stderr.isatty() else _nothing
        say("Reading the record …")
        family = self._family(root, direction)
        say(f"Laying out {len(family.organisations)} organisations …")
        title, today = _title(family, root), timezone.localdate()
        drawing: Chart | Poster
        if options["poster"] or (root is None and form in ("png", "pdf")):
            drawing = family.poster(today, title, licence=licence())
        else:
            drawing = family.chart(today, focus=root, title=title)
        try:
            Path(options["output"]).write_bytes(self._made(drawing, form))
        except OSError as error:
            raise CommandError(
                f"{options['output']} can’t be written ({error.strerror}). Name another file."
            ) from error

    def _made(self, drawing: Chart | Poster, form: str) -> bytes:
        if isinstance(drawing, Chart) and form == "json":
            return dump(drawing.geometry.as_dict()).encode()
        if isinstance(drawing, Chart) and form == "svg":
            return write(drawing).encode()
        paper = Paper.of(drawing, licence())
        if form != "svg" and (lost := paper.lost()):
            self.stderr.write(self.style.WARNING(told(lost)))
        try:
            return paper.printed(form)
        except TooLargeError as error:
            raise CommandError(str(error)) from error

    def _family(self, root: str | None, direction: str | None) -> families.Family:
        if root is None:
            return families.whole()
        body = Organisation.objects.published().filter(slug=root).first()
        if body is None:
            raise CommandError(
                f"There is no published organisation “{root}”. Name one by the id in its address."
            )
        return families.excerpt(body, direction) if direction else families.family_of(body)


def _title(family: families.Family, root: str | None) -> str:
    return f"{family.organisations[root].name} and its family" if root else "The whole movement"


def _nothing(text: str) -> None:
    """Where there is no terminal, progress is not told."""

"""Hold every integrity rule against the whole record."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from lineage import integrity
from lineage.exchange.export import dump
from lineage.management.reporting import closed_pipe_ends_quietly
from lineage.models import derivation


class Command(BaseCommand):
    help = "Every integrity rule over the whole record; exit 1 where an error stands."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="the findings as JSON")
        parser.add_argument(
            "--repair", action="store_true", help="first derive again what is derived"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["repair"]:
            mended = derivation.refresh_all()
            self.stderr.write(f"{mended} rows derived anew.")
        report = integrity.check()
        with closed_pipe_ends_quietly():
            self._tell(report, as_json=options["json"])
        if report.errors:
            raise SystemExit(1)

    def _tell(self, report: integrity.Report, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(
                dump(
                    {
                        "errors": [problem.as_dict() for problem in report.errors],
                        "warnings": [problem.as_dict() for problem in report.warnings],
                        "waived": [problem.as_dict() for problem in report.waived],
                    }
                ),
                ending="",
            )
        else:
            for problem in report.problems:
                self.stdout.write(f"{problem.severity}: {problem}")
            self.stdout.write(
                f"{len(report.errors)} errors, {len(report.warnings)} warnings, "
                f"{len(report.waived)} waived."
            )

"""A record of this site as others cite it: in prose, as BibTeX, as CSL-JSON."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_SPECIAL = re.compile(r"([&%$#_{}])")


@dataclass(frozen=True, slots=True)
class Reference:
    """``edition`` tells which state of the record was seen, on the day ``seen``."""

    key: str
    title: str
    container: str
    url: str
    edition: str
    seen: date

    @property
    def prose(self) -> str:
        """``“Militant (1964–1991).” Lineage. Edition 3f2a9c1b, seen 27 November 2026. https://…``"""
        day = f"{self.seen.day} {MONTHS[self.seen.month - 1]} {self.seen.year}"
        edition = f"Edition {self.edition}, seen" if self.edition else "Seen"
        return f"“{self.title}.” {self.container}. {edition} {day}. {self.url}"

    def bibtex(self) -> str:
        """An entry of BibTeX, ``@misc`` with ``url`` and ``urldate``."""
        fields = {
            "title": f"{{{_tex(self.title)}}}",
            "howpublished": _tex(self.container),
            "edition": self.edition,
            "year": str(self.seen.year),
            "url": self.url,
            "urldate": self.seen.isoformat(),
        }
        lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
        return f"@misc{{lineage-{self.key},\n" + ",\n".join(lines) + "\n}\n"

    def csl(self) -> str:
        """An item of CSL-JSON (https://docs.citationstyles.org), of the type ``webpage``."""
        item = {
            "id": f"lineage-{self.key}",
            "type": "webpage",
            "title": self.title,
            "container-title": self.container,
            "version": self.edition,
            "URL": self.url,
            "accessed": {"date-parts": [[self.seen.year, self.seen.month, self.seen.day]]},
        }
        shown = {name: value for name, value in item.items() if value}
        return json.dumps([shown], ensure_ascii=False, indent=2) + "\n"


def _tex(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text.replace("\\", ""))

"""Works out of what a historian pastes: BibTeX, RIS, CSL-JSON, or the address of an encyclopedia.

Nothing is fetched. Each work comes with what is wrong with it, in a sentence, so that one that
can't be read does not take the others with it.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

import bibtexparser
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors

from lineage import dates
from lineage.text import fold

LONGEST = 200_000  # characters
MOST = 200  # works
# What a work is called, by the types of the three forms.
KINDS = {
    **dict.fromkeys(("book", "BOOK", "mvbook", "EBOOK"), "book"),
    **dict.fromkeys(("article", "article-journal", "JOUR"), "journal article"),
    **dict.fromkeys(("article-magazine", "MGZN"), "magazine article"),
    **dict.fromkeys(("article-newspaper", "NEWS"), "newspaper article"),
    **dict.fromkeys(("inbook", "incollection", "chapter", "CHAP"), "chapter"),
    **dict.fromkeys(("phdthesis", "mastersthesis", "thesis", "THES"), "thesis"),
    **dict.fromkeys(("online", "webpage", "post-weblog", "ELEC", "BLOG"), "web page"),
    **dict.fromkeys(("entry-encyclopedia", "ENCYC", "inreference"), "encyclopedia article"),
    **dict.fromkeys(("booklet", "pamphlet", "PAMP"), "pamphlet"),
    **dict.fromkeys(("report", "techreport", "RPRT"), "report"),
}
ENCYCLOPEDIAS = {"wikipedia.org": "Wikipedia", "wikidata.org": "Wikidata"}


@dataclass(slots=True)
class Work:
    """A source as it was read. ``fault`` says why it can't be taken; empty where it can."""

    title: str = ""
    authors: list[str] = field(default_factory=list)
    year: str = ""
    kind: str = ""
    publisher: str = ""
    url: str = ""
    fault: str = ""

    @property
    def slug(self) -> str:
        """The id that it suggests: ``alexander-1991-international``."""
        who = fold(self.authors[0]).split()[-1:] if self.authors else []
        year = re.search(r"[0-9]{4}", self.year)
        what = [word for word in fold(self.title).split() if len(word) > 3] or ["work"]
        words = [*who, *([year[0]] if year else []), *what[: 1 if who else 3]]
        ascii_only = (re.sub(r"[^a-z0-9]+", "", word) for word in words)
        return "-".join(word for word in ascii_only if word)[:60] or "work"


def read(text: str) -> list[Work]:
    """The works of a text; one with a fault where nothing is read."""
    text = text.strip()
    if len(text) > LONGEST:
        return [Work(fault=f"At most {LONGEST:,} characters are read at a time. Paste fewer.")]
    works = [*_read(text)]
    if len(works) > MOST:
        return [Work(fault=f"{len(works)} works are too many; at most {MOST} are read at a time.")]
    for work in works:
        if not work.fault and not work.title:
            work.fault = "It has no title. Add one."
        elif not work.fault and len(work.title) > 300:
            work.fault = "Its title is longer than 300 characters. Shorten it."
    return works or [Work(fault="Paste BibTeX, RIS, CSL-JSON, or the address of an article.")]


def _read(text: str) -> Iterator[Work]:
    if text[:1] in ("[", "{"):
        yield from _csl(text)
    elif re.search(r"^TY {2}- ", text, re.MULTILINE):
        yield from _ris(text)
    elif re.search(r"@\w+\s*[{(]", text):
        yield from _bibtex(text)
    else:
        yield from (_address(line) for line in text.split())


def _csl(text: str) -> Iterator[Work]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        yield Work(fault=f"This is no JSON: {error.msg} in line {error.lineno}.")
        return
    for item in found if isinstance(found, list) else [found]:
        if not isinstance(item, dict):
            yield Work(fault="An item of CSL-JSON is an object with a title.")
            continue
        issued = item.get("issued")
        issued = issued if isinstance(issued, dict) else {}
        parts = (issued.get("date-parts") or [[]])[0] if issued else []
        yield _work(
            title=item.get("title"),
            authors=[_csl_name(one) for one in item.get("author") or () if isinstance(one, dict)],
            date="-".join(f"{int(part):02}" for part in parts if str(part).isdigit())
            or str(issued.get("raw") or issued.get("literal") or ""),
            kind=str(item.get("type") or ""),
            publisher=item.get("publisher") or item.get("container-title"),
            url=item.get("URL"),
        )


def _csl_name(name: Mapping[str, Any]) -> str:
    parts = (name.get("given"), name.get("non-dropping-particle"), name.get("family"))
    return str(name.get("literal") or " ".join(str(part) for part in parts if part))


def _ris(text: str) -> Iterator[Work]:
    try:
        found = rispy.loads(text)
    except (OSError, ValueError) as error:
        yield Work(fault=f"This is no RIS: {error}. Each entry begins with TY and ends with ER.")
        return
    for entry in found:
        urls = entry.get("urls") or [entry.get("url")]
        yield _work(
            title=entry.get("title") or entry.get("primary_title"),
            authors=[
                _turned(one) for one in entry.get("authors") or entry.get("first_authors", ())
            ],
            date=str(entry.get("date") or entry.get("year") or "").replace("/", "-").strip("-"),
            kind=str(entry.get("type_of_reference") or ""),
            publisher=entry.get("publisher")
            or entry.get("journal_name")
            or entry.get("secondary_title"),
            url=urls[0] if urls else "",
        )


def _bibtex(text: str) -> Iterator[Work]:
    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # faults are told below
    found = bibtexparser.parse_string(
        text, append_middleware=[LatexDecodingMiddleware(), SeparateCoAuthors()]
    )
    for entry in found.entries:
        told = {name.lower(): one.value for name, one in entry.fields_dict.items()}
        month = str(told.get("month") or "")
        yield _work(
            title=told.get("title"),
            authors=[_turned(one) for one in told.get("author") or told.get("editor") or ()],
            date=str(told.get("date") or f"{month} {told.get('year') or ''}").strip(),
            kind=entry.entry_type,
            publisher=told.get("publisher")
            or told.get("journal")
            or told.get("journaltitle")
            or told.get("school")
            or told.get("booktitle"),
            url=told.get("url"),
        )
    for block in found.failed_blocks:
        line = (block.start_line or 0) + 1
        why = str(block.error) or "it does not end"
        yield Work(fault=f"The entry in line {line} can’t be read ({why}). Correct it.")


def _address(line: str) -> Work:
    parts = urlsplit(line)
    publisher = next(
        (name for host, name in ENCYCLOPEDIAS.items() if (parts.hostname or "").endswith(host)), ""
    )
    if not publisher or parts.scheme not in ("http", "https"):
        return Work(fault=f"“{line[:60]}” is no BibTeX, RIS or CSL-JSON, and no Wikipedia address.")
    title = unquote(parts.path.rpartition("/")[2]).replace("_", " ")
    return Work(
        title=title,
        authors=[f"{publisher} contributors"],
        kind="encyclopedia article",
        publisher=publisher,
        url=line,
    )


def _work(
    *, title: Any, authors: Iterable[str], date: str, kind: str, publisher: Any, url: Any
) -> Work:
    try:
        year = dates.understand(date).text if date else ""
        fault = ""
    except dates.DateError:
        first = re.search(r"[0-9]{4}", date)
        year, fault = (first[0], "") if first else ("", f"“{date[:40]}” is no date of publication.")
    return Work(
        title=_line(title),
        authors=[name for name in map(_line, authors) if name],
        year=year,
        kind=KINDS.get(kind, kind.lower() if kind else ""),
        publisher=_line(publisher),
        url=_line(url),
        fault=fault,
    )


def _line(value: Any) -> str:
    return " ".join(str(value or "").replace("{", "").replace("}", "").split())


def _turned(name: str) -> str:
    """``Broué, Pierre`` → ``Pierre Broué``."""
    family, comma, given = str(name).partition(",")
    return f"{given.strip()} {family.strip()}" if comma and given.strip() else str(name)

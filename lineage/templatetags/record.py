"""How templates show dates, places and citations."""

from __future__ import annotations

import json
import re
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from lineage import countries, dates
from lineage.chart import Chart, write
from lineage.reading import forest, homonyms
from lineage.reading.details import place_words
from lineage.reading.sentences import article

register = template.Library()

IN_THE_MARGIN = 24  # letters
SPELT = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
         "eleven", "twelve")  # fmt: skip


@register.filter
def words(value: str) -> str:
    """An EDTF date as a reader sees it."""
    return dates.parse(value).words if value else ""


@register.filter
def country(code: str) -> str:
    """A country's name."""
    return countries.NAMES.get(code, code)


@register.filter(name="countries")
def countries_of(body: Any) -> str:
    """The names of the countries that a body worked in."""
    return place_words(body)


@register.filter
def period(row: Any) -> str:
    """When a name was used or a membership lasted: from ``since`` to ``until``, in words."""
    return dates.span_words(
        dates.parse(row.since) if row.since else None,
        dates.parse(row.until) if row.until else None,
    )


@register.filter
def long(years: str) -> str:
    """The class of years that are too long for a narrow margin: `` long``, or empty."""
    return " long" if len(years) > IN_THE_MARGIN else ""


@register.filter
def plain(value: Any) -> str:
    """A number of the record without the zeros of its column, thousands set apart."""
    if value is None:
        return ""
    whole = value == value.to_integral_value()
    return f"{int(value):,}" if whole else f"{value.normalize():f}"


@register.filter
def attested(value: str) -> str:
    """When a source last says that a body exists: one of no date of its own says so in the
    present tense, and its year is the last of which it speaks (``2024?``).
    """
    date = dates.parse(value)
    if not date.uncertain:
        return date.words
    return f"in a source that speaks of {dates.without_doubt(date).words}"


@register.filter
def counted(fact: Any) -> str:
    """The number of a fact, where its words don't tell it already."""
    if fact.number is None:
        return ""
    number = plain(fact.number)
    told = re.findall(r"[0-9]+(?:[.,][0-9]+)*|[a-z]+", fact.text.casefold())
    spelt = SPELT[int(fact.number)] if 0 <= fact.number < len(SPELT) else ""
    return "" if {number, number.replace(",", ""), spelt} & set(told) else number


@register.filter
def is_text(part: Any) -> bool:
    """Whether a part of a sentence is words, and no body to be linked."""
    return isinstance(part, str)


@register.filter
def host(url: str) -> str:
    """The site that an address leads to."""
    return url.split("//", 1)[-1].split("/", 1)[0].removeprefix("www.")


@register.inclusion_tag("lineage/cite.html")
def cite(marks: Any) -> dict[str, Any]:
    """The marks of a statement's citations, each of which opens in place."""
    return {"marks": marks}


@register.filter
def beside(body: Any, apart: Any) -> str:
    """The years of a body in a list, with its place where another body bears its name."""
    return homonyms.beside(body, apart)


@register.filter
def place(body: Any, apart: Any) -> str:
    """Where a body worked whose name another one bears; empty for all others."""
    return apart.get(body.pk, "")


@register.filter
def aside(part: Any, apart: Any) -> str:
    """What tells a body in a sentence from another one of its name, in brackets."""
    return homonyms.aside(part, apart)


@register.inclusion_tag("lineage/sentence.html", takes_context=True)
def sentence(context: Any, told: Any) -> dict[str, Any]:
    """A sentence with its bodies linked, and told apart where their names don't."""
    return {"sentence": told, "homonyms": context["homonyms"]}


@register.filter
def the(body: Any) -> str:
    """A body's name with its article, within a sentence."""
    return f"{article(body)}{body.name}"


@register.filter
def as_svg(chart: Chart, target: str = "") -> SafeString:
    """A drawing as SVG; what comes from the record is escaped as it is written.

    ``target`` is where its links lead: a page's ``<base>`` says it to links of HTML alone.
    """
    text = write(chart)
    if target:
        text = text.replace("<a class=", f'<a target="{target}" class=')
    return mark_safe(text)  # noqa: S308


@register.filter
def as_linked_data(value: Any) -> SafeString:
    """JSON-LD for an element of a page, out of which no text of the record can break."""
    text = json.dumps(value, ensure_ascii=False)
    return mark_safe(text.translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"}))  # noqa: S308


@register.simple_tag
def nested_lists(branches: Any, apart: Any, here: str = "") -> SafeString:
    """Principal lines as the items of a list; what comes from the record is escaped."""
    return mark_safe(forest.write(branches, apart, here))  # noqa: S308

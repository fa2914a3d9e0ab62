"""What depends on a record, so that it can't be deleted, with links to where that is changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from lineage.exchange.wholes import whole_of
from lineage.models import ChangeEvent, Citation, Organisation, Source

MOST = 30  # that are named
_CITED = (
    "organisation",
    "name__organisation",
    "event",
    "affiliation__organisation",
    "affiliation__body",
    "fact__organisation",
    "account__event",
    "account__subject",
)


def dependants(objs: Iterable[Any]) -> list[SafeString | str]:
    """The events that bodies took part in, the records that cite sources; each as a link.

    Two queries; nothing for records of other kinds.
    """
    rows = list(objs)
    keys = [row.pk for row in rows]
    found: list[Any] = []
    number = 0
    if rows and isinstance(rows[0], Organisation):
        part = Q(successions__predecessor__in=keys) | Q(successions__successor__in=keys)
        events = ChangeEvent.objects.filter(part).order_by("slug").distinct()
        found, number = list(events[:MOST]), events.count()
    elif rows and isinstance(rows[0], Source):
        citations = Citation.objects.filter(source__in=keys).order_by("pk")
        cited = citations.select_related(*_CITED)[:MOST]
        found = list(dict.fromkeys(whole_of(citation) for citation in cited))
        number = citations.count() - len(cited) + len(found)
    links: list[SafeString | str] = [_link(one) for one in found]
    return [*links, f"and {number - len(found)} more"] if number > len(found) else links


def _link(record: Any) -> SafeString:
    opts = record._meta
    address = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[record.pk])
    kind = capfirst(opts.verbose_name)
    return format_html('{}: <a href="{}">{}</a>', kind, address, record)

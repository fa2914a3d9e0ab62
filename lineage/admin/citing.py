"""A citation begun from beside the field that it supports, and how many support it already."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.safestring import SafeString

from lineage.models import Account, Affiliation, ChangeEvent, Citation, Fact, Name, Organisation

STATEMENTS: dict[type[Model], dict[str, str]] = {
    Organisation: {
        name: name for name in ("name", "kind", "founded", "dissolved", "active", "summary")
    },
    ChangeEvent: {
        name: name for name in ("kind", "date", "manner", "title", "complete", "summary")
    },
    Affiliation: {"role": "", "since": "since", "until": "until"},
    Name: {"text": "", "since": "since", "until": "until"},
    Fact: {"text": "", "number": "number", "since": "since", "until": "until"},
    Account: {"text": ""},
}
"""The fields of each kind of record beside which it is cited, and the statement that each is.

What is chiefly said of a membership, a name, a fact and an account is cited for the whole of it.
"""

BEYOND = {Organisation: ("countries", "existence"), ChangeEvent: ("successions",)}
"""Statements that are no field of the record's own form."""

TARGETS: dict[type[Model], str] = {
    Organisation: "organisation",
    ChangeEvent: "event",
    Affiliation: "affiliation",
    Name: "name",
    Fact: "fact",
    Account: "account",
}


def put_beside(form: type[Any], request: HttpRequest, record: Model | None) -> None:
    """Give the fields of a form's class the link that begins a citation. One query."""
    model = type(record)
    if record is None or model not in STATEMENTS or not may_cite(request):
        return
    form.cited = cited = _cited(record)
    for name, statement in STATEMENTS[model].items():
        field = form.base_fields.get(name)
        if field is not None:
            link = _link(request, record, statement, field.label or name, cited)
            field.help_text = format_html("{} {}", field.help_text, link)


def beyond(form: Any, request: HttpRequest, record: Model) -> dict[str, Any]:
    """The same links for the statements that have no field on a form."""
    cited = getattr(form, "cited", None)
    if cited is None or not form.fields:
        return {}
    links = [
        (name, _link(request, record, name, name, cited)) for name in BEYOND.get(type(record), ())
    ]
    return {"cite_beyond": links}


def may_cite(request: HttpRequest) -> bool:
    """Whether the user writes citations at all; of which record her form refuses or takes."""
    return request.user.has_perm("lineage.add_citation")


def _cited(record: Model) -> Counter[str]:
    """How many citations each statement of a record has; by "" those of all of it."""
    rows = Citation.objects.filter(**{TARGETS[type(record)]: record}).order_by()
    return Counter(dict(rows.values_list("statement").annotate(Count("pk"))))


def _link(
    request: HttpRequest, record: Model, statement: str, label: str, cited: Counter[str]
) -> SafeString:
    query = {TARGETS[type(record)]: record.pk, "statement": statement, "back": request.path}
    number = cited[statement] + (cited[""] if statement else 0)
    return format_html(
        '<span class="lineage-cite"><a href="{}?{}" data-cite="{}">Cite'
        '<span class="visually-hidden"> a source for: {}</span></a> {}</span>',
        reverse("admin:lineage_citation_add"),
        urlencode(query),
        statement,
        label,
        f"{number or 'no'} citation{'' if number == 1 else 's'}",
    )


class LeadsBack:
    """For the admins of what is begun on another record's page: once made, it leads back there."""

    def response_post_save_add(self, request: HttpRequest, obj: Any) -> HttpResponse:
        back = request.GET.get("back", "")
        if url_has_allowed_host_and_scheme(back, allowed_hosts=None):
            return HttpResponseRedirect(back)
        return super().response_post_save_add(request, obj)  # type: ignore[misc]

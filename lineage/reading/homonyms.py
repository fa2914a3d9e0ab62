"""Bodies that share a name, and what a reader is shown beside it to tell them apart."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Count

from lineage.models import Organisation
from lineage.reading.details import place_words

Homonyms = Mapping[int, str]


def homonyms() -> dict[int, str]:
    """Where each body worked that shares its name with another one: ``{pk: "Sri Lanka"}``.

    Only bodies that readers may see count, so that a draft of the same name leaves no trace. Where
    neither place nor years are known, the kind stands in. At most two queries.
    """
    published = Organisation.objects.published().order_by()
    shared = published.values("folded").annotate(bodies=Count("pk")).filter(bodies__gt=1)
    rows = published.filter(folded__in=shared.values("folded")).prefetch_related("country_periods")
    return {
        row.pk: place_words(row) or ("" if row.years else row.get_kind_display().lower())
        for row in rows
    }


def aside(body: Organisation, apart: Homonyms) -> str:
    """What stands in brackets after a body's name in a sentence: ``" (Sri Lanka, since 1996)"``.

    Empty where no other body bears the name.
    """
    if body.pk not in apart:
        return ""
    years = body.years.replace(" (", ", ").replace(")", "")
    return f" ({', '.join(part for part in (apart[body.pk], years) if part)})"


def beside(body: Organisation, apart: Homonyms) -> str:
    """The years of a body in a list, with its place before them where its name is shared."""
    return ", ".join(part for part in (apart.get(body.pk, ""), body.years) if part)

"""Fields of the record: dates as historians write them, texts, and what is derived from both."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from lineage import countries, dates
from lineage.text import control_characters, fold

slug_validator = RegexValidator(
    r"\A[a-z0-9]+(?:-[a-z0-9]+)*\Z",
    "“%(value)s” is no id. Write small letters, digits and single hyphens, such as “lcr-fr”.",
)


def validate_line(value: str) -> None:
    """Refuse control characters and line breaks in a text of one line."""
    _refuse(control_characters(value))


def validate_prose(value: str) -> None:
    """Refuse control characters in a text of several lines."""
    _refuse(control_characters(value.replace("\r\n", "\n"), lines=True))


def _refuse(found: list[str]) -> None:
    if found:
        raise ValidationError(
            "The text holds the control character %(found)s. Take it out, or type the text anew.",
            code="control-characters",
            params={"found": ", ".join(found)},
        )


def validate_edtf(value: str) -> None:
    """Refuse a text that is no date of the Extended Date/Time Format."""
    try:
        dates.parse(value)
    except dates.DateError as error:
        raise ValidationError(str(error), code="date-unreadable") from error


def validate_country(value: str) -> None:
    """Refuse a code that is no country's."""
    if value not in countries.NAMES:
        raise ValidationError(
            "“%(value)s” is no country code. Write two capital letters of ISO 3166-1, such as GB.",
            code="unknown-country",
            params={"value": value},
        )


def validate_web_address(value: str) -> None:
    """Refuse an address that a browser would not open as a web page."""
    if value and not value.startswith(("https://", "http://")):
        raise ValidationError(
            "“%(value)s” is no web address. It must begin with https:// or http://.",
            code="unknown-address",
            params={"value": value},
        )


def readable(text: str) -> dates.HistoricalDate | None:
    """A date of the record; ``None`` where there is none, or none that can be read.

    ``loaddata`` brings in what no form would: such a row must still be shown, to be mended.
    """
    try:
        return dates.parse(text) if text else None
    except dates.DateError:
        return None


class LineField(models.CharField):
    """A text of one line without control characters."""

    default_validators = [validate_line]


class ProseField(models.TextField):
    """A text of any length without control characters."""

    default_validators = [validate_prose]


class EDTFFormField(forms.CharField):
    """Takes EDTF and what historians type ("c. 1953"), and hands on EDTF."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return ""
        try:
            return dates.understand(text).text
        except dates.DateError as error:
            raise ValidationError(str(error), code="date-unreadable") from error


class EDTFField(models.CharField):
    """A date as EDTF text (https://www.loc.gov/standards/datetime/); empty where none is known."""

    default_validators = [validate_edtf]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str:
        return "" if value is None else super().to_python(value)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": EDTFFormField, **kwargs})


class DerivedField(models.Field):
    """A column computed from another one, however the row is saved.

    ``pre_save`` serves ``save()`` and ``bulk_create()``; the querysets of this package serve
    ``update()`` and ``bulk_update()``; signals serve ``loaddata`` and ``save(update_fields=…)``,
    which call neither.
    """

    source = ""

    def derive(self, value: str) -> Any:
        """The column's value for a value of ``source``."""
        raise TypeError(f"{type(self).__name__} does not say how it is derived")

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.derive(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, value)
        return value


class BoundField(DerivedField, models.DateField):
    """The first or the last day that an :class:`EDTFField` allows; null where it has none."""

    def __init__(self, source: str = "", side: str = "earliest", **kwargs: Any) -> None:
        kwargs.update(null=True, blank=True, editable=False)
        super().__init__(**kwargs)
        self.source, self.side = source, side

    def derive(self, value: str) -> date | None:
        # An unreadable text is refused elsewhere, and reported by the audit.
        return getattr(readable(value), self.side, None)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("null", "blank", "editable"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "source": self.source, "side": self.side}


class FoldedField(DerivedField, models.TextField):
    """A text folded for search: without case, accents and punctuation."""

    def __init__(self, source: str = "", **kwargs: Any) -> None:
        kwargs.update(editable=False, default="", blank=True)
        super().__init__(**kwargs)
        self.source = source

    def derive(self, value: str) -> str:
        return fold(value or "")

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("editable", "default", "blank"):
            kwargs.pop(fixed, None)
        return name, path, args, {**kwargs, "source": self.source}


def derived_fields(model: type[models.Model]) -> list[DerivedField]:
    """The columns of a model that are computed from other ones of the same row."""
    return [field for field in model._meta.concrete_fields if isinstance(field, DerivedField)]


def rederive(rows: models.QuerySet) -> int:
    """Compute the derived columns of these rows anew; the number of rows that were wrong."""
    fields = derived_fields(rows.model)
    if not fields:
        return 0
    wrong = []
    for row in rows:
        before = [getattr(row, field.attname) for field in fields]
        if before != [field.pre_save(row, add=False) for field in fields]:
            wrong.append(row)
    models.QuerySet(rows.model).bulk_update(wrong, [field.name for field in fields], batch_size=400)
    return len(wrong)


class RecordQuerySet(models.QuerySet):
    """A queryset whose ``update()`` and ``bulk_update()`` keep derived columns right."""

    def update(self, **values: Any) -> int:
        computed = False
        for field in derived_fields(self.model):
            if field.name in values:
                raise TypeError(
                    f"{field.name} is derived from {field.source}; update {field.source} instead"
                )
            if isinstance(values.get(field.source), str):
                values[field.name] = field.derive(values[field.source])
            elif field.source in values:
                computed = True  # by the database, as bulk_update() does
        if not computed:
            return super().update(**values)
        keys = list(self.order_by().values_list("pk", flat=True))
        changed = super().update(**values)
        rederive(models.QuerySet(self.model).filter(pk__in=keys))
        return changed

    update.alters_data = True

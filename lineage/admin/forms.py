"""Forms in a historian's words: dates as typed, countries by name, an author a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AdminTextInputWidget,
    AutocompleteSelect,
)
from django.core.exceptions import ValidationError
from django.db.models import Field, ForeignKey, Model
from django.forms.models import BaseInlineFormSet
from django.utils.text import capfirst

from lineage import countries, dates
from lineage.admin.publication import may_change, refuse_part_of_published
from lineage.models import Status
from lineage.models.fields import EDTFField, EDTFFormField

DATE_EXAMPLES = (
    "Such as 1953, November 1953, 16 Nov 1953, c. 1953, 1950s, before 1940, since 1990, "
    "1967–1968, “1966 or 1968”."
)


class AuthorsField(forms.CharField):
    """A list of names, typed one a line."""

    widget = AdminTextareaWidget(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return [line.strip() for line in text.splitlines() if line.strip()]


class CountryField(forms.CharField):
    """A country by its name or its code, handed on as the code."""

    widget = AdminTextInputWidget(
        attrs={"list": "countries", "class": "country", "autocomplete": "off"}
    )

    def prepare_value(self, value: Any) -> Any:
        return countries.NAMES.get(value, value)

    def to_python(self, value: Any) -> str:
        text = (super().to_python(value) or "").strip()
        code = countries.code_of(text)
        if code or not text:
            return code
        raise ValidationError(
            "“%(value)s” is no country that is known here. Write its English name or its code, "
            "such as Sri Lanka or LK.",
            code="unknown-country",
            params={"value": text},
        )


def field_in_words(db_field: Field) -> forms.Field | None:
    """The form field for a column that is typed otherwise than it is stored."""
    if isinstance(db_field, EDTFField):
        return db_field.formfield(
            help_text=f"{db_field.help_text} {DATE_EXAMPLES}".strip(),
            widget=AdminTextInputWidget(attrs={"class": "date-as-typed", "size": 18}),
        )
    if db_field.name == "country":
        return CountryField(help_text="Its name in English, or its code.")
    if db_field.name == "authors":
        return AuthorsField(required=False, help_text="One a line.")
    return None


def words(text: str) -> str:
    """A stored date in words; what can't be read is shown as it is."""
    try:
        return dates.parse(text).words if text else ""
    except dates.DateError:
        return text


def dates_as_read(form: forms.BaseForm) -> list[str]:
    """What the form understood of each date that was changed, in words."""
    return [
        f"{form.fields[name].label}: {dates.parse(form.cleaned_data[name]).words}"
        for name in form.changed_data
        if isinstance(form.fields.get(name), EDTFFormField) and form.cleaned_data.get(name)
    ]


class RecordForm(forms.ModelForm):
    """A form that knows who fills it in; the admin sets ``user``.

    One that is ``shown_only`` is never valid: it is shown again with what was typed.
    """

    user: Any = None
    shown_only = False

    def is_valid(self) -> bool:
        return super().is_valid() and not self.shown_only

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if self.has_changed():
            refuse_part_of_published(self.user, self._meta.model, values)
        return values


class PartsFormSet(BaseInlineFormSet):
    """The rows of an inline: what is published stays as it is, and rows name bodies cheaply."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: dict[Any, dict[Any, Model]] = {}
        for row in self.get_queryset():
            for field in row._meta.concrete_fields:
                if isinstance(field, ForeignKey) and field.is_cached(row):
                    related = getattr(row, field.name)
                    if related is not None:
                        self._known.setdefault(field.related_model, {})[related.pk] = related

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            widget = getattr(field.widget, "widget", field.widget)  # in the wrapper with the plus
            if not widget.is_hidden:  # what a column's heading says to the eye alone
                widget.attrs.setdefault("aria-label", capfirst(form[name].label))
            if isinstance(widget, KnownSelect):
                widget.known = self._known.get(field.queryset.model, {})
        if form.instance.pk and not may_change(form.user, form.instance):
            for name, field in form.fields.items():
                field.disabled = name not in (self.model._meta.pk.name, self.fk.name)
            if "status" in form.fields:
                form.fields["status"].choices = Status.choices  # the one that it has, too


class KnownSelect(AutocompleteSelect):
    """An autocomplete that asks the database nothing for a choice that is in memory already.

    Without it a page asks once for every relation of every row.
    """

    known: dict[Any, Model] = {}

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> list[Any]:
        chosen = [key for key in value if key not in self.choices.field.empty_values]
        if chosen and not all(key.isdecimal() and int(key) in self.known for key in chosen):
            return super().optgroups(name, value, attr)
        options = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        options.extend(
            self.create_option(
                name,
                key,
                self.choices.field.label_from_instance(self.known[int(key)]),
                True,
                len(options),
            )
            for key in chosen
        )
        return [(None, options, 0)]

"""A form of the desk that is saved to be read, and undone: what it would do, before it is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest
from django.template.response import TemplateResponse


@dataclass
class Trial:
    """What came of a form that was tried: the record as saved, or what is wrong with the form."""

    obj: Model | None = None
    errors: list[str] = field(default_factory=list)
    page: Any = None  # the form again, where it can't be saved


def tried(
    admin: ModelAdmin, request: HttpRequest, object_id: str | None, context: dict[str, Any]
) -> Trial:
    """Save the form that a request posts as the admin would. Only inside a rehearsal."""
    trial = Trial()
    request.trial = trial  # type: ignore[attr-defined]
    try:
        page = ModelAdmin.changeform_view(admin, request, object_id, "", context)
    finally:
        del request.trial  # type: ignore[attr-defined]
    if trial.obj is None:
        trial.page = page
        data = getattr(page, "context_data", None) or {}
        trial.errors = list(dict.fromkeys(map(str, data.get("errors", ()))))
        if isinstance(page, TemplateResponse):
            page.render()  # while what it shows is there
    return trial


def trial_of(request: HttpRequest) -> Trial | None:
    """The trial that a request is part of, if it is of one."""
    return getattr(request, "trial", None)


@contextmanager
def as_publisher(user: Any) -> Iterator[None]:
    """Let a user write what readers see: only inside a rehearsal, which undoes it."""
    user.rehearses = True
    try:
        yield
    finally:
        user.rehearses = False

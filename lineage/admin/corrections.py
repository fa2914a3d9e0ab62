"""The page of what readers say is wrong or missing."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from lineage.models import Correction


class CorrectionAdmin(admin.ModelAdmin):
    """Editors weigh a note and say what became of it; what was sent stays as it was."""

    list_display = ("received", "on", "says", "state")
    list_display_links = ("received", "says")
    list_filter = ("state",)
    search_fields = ("page", "text", "source", "name")
    fields = ("received", "on", "text", "source", "name", "contact", "state", "remarks")
    readonly_fields = ("received", "on", "text", "source", "name", "contact")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="page", ordering="page")
    def on(self, obj: Correction) -> SafeString:
        return format_html('<a href="{0}">{0}</a>', obj.page)

    @admin.display(description="says")
    def says(self, obj: Correction) -> str:
        return Truncator(obj.text).words(20)


PAGES: dict[Any, Any] = {Correction: CorrectionAdmin}

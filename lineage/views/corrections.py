"""A reader sends a correction: no account, no mail; editors find it on their desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lineage.models import ChangeEvent, Correction, Organisation, Source
from lineage.views.answers import error_answer

RECORDS: dict[str, Any] = {
    "organisation": Organisation,
    "event": ChangeEvent,
    "source": Source,
}


class CorrectionForm(forms.ModelForm):
    """``website`` is a trap: readers do not see it, and programs fill it in."""

    website = forms.CharField(required=False, max_length=500)

    class Meta:
        model = Correction
        fields = ("page", "text", "source", "name", "contact")
        error_messages = {"text": {"required": "Write what is wrong or missing."}}

    def clean_page(self) -> str:
        """A path of this site, and nothing else."""
        path = str(self.cleaned_data["page"])
        try:
            resolve(path.partition("?")[0])
        except Resolver404 as error:
            raise forms.ValidationError("There is no page of this site at that address.") from error
        return path


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends."""
    if request.method != "POST":
        about = request.GET.get("about", "")[:300]
        form = CorrectionForm(initial={"page": about or reverse("home")})
        return _page(request, form, sent="sent" in request.GET)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=400)
    sender = _sender(request)
    if Correction.objects.is_full(sender):
        detail = "Some corrections were taken from you just now. Send the next one in an hour."
        return error_answer(request, 429, detail)
    if not form.cleaned_data["website"]:
        form.instance.sender = sender
        form.save()
    return HttpResponseRedirect(reverse("correct") + "?sent=1")


def _page(
    request: HttpRequest, form: CorrectionForm, *, sent: bool = False, status: int = 200
) -> HttpResponse:
    path = str(form["page"].value() or "")
    context = {"form": form, "sent": sent, "about": _title(path), "path": path}
    return render(request, "lineage/correct.html", context, status=status)


def _title(path: str) -> str:
    """The name of the record that a page of this site is of; empty for any other page."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    model = RECORDS.get(str(match.url_name).split("-")[0])
    if model is None or "slug" not in match.kwargs:
        return ""
    rows = model.objects.published() if hasattr(model.objects, "published") else model.objects.all()
    row = rows.filter(slug=match.kwargs["slug"]).first()
    return str(row) if row else ""


def _sender(request: HttpRequest) -> str:
    """What tells one sender from others for a day, and can't be turned back into an address."""
    day = timezone.localdate().isoformat()
    address = request.META.get("REMOTE_ADDR", "")
    return salted_hmac("lineage.correction", f"{day} {address}", algorithm="sha256").hexdigest()

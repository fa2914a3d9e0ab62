"""What every view shares: safe methods only, the same address with .json, one error shape."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from lineage.exchange.export import dump
from lineage.models.forwarding import leads_to
from lineage.views import keeping

View = Callable[..., HttpResponseBase]

TITLES = {
    400: "The address asks for something that can’t be read",
    403: "This page is not open to you",
    404: "There is no page at this address",
    405: "This address can only be read",
    429: "That was a lot at once",
    500: "Something went wrong here",
    501: "The site does not do this",
}


def wants_json(request: HttpRequest) -> bool:
    """Whether an address answers in JSON."""
    return request.path.endswith((".json", "/oembed"))


def json_answer(value: Any, status: int = 200) -> HttpResponse:
    """JSON as the site writes it, open to every other site's pages."""
    response = HttpResponse(dump(value), content_type="application/json", status=status)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def error_answer(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    """An error in the one shape: a page, or ``{"error": {status, title, detail}}``."""
    title = TITLES[status]
    if wants_json(request):
        return json_answer(
            {"error": {"status": status, "title": title, "detail": detail}}, status=status
        )
    return render(request, "lineage/error.html", {"title": title, "detail": detail}, status=status)


class Moved(Exception):  # noqa: N818
    """What an address asks for stands at another one now: that of this id."""

    def __init__(self, slug: str) -> None:
        super().__init__(slug)
        self.slug = slug


def missing(model: Any, slug: str, detail: str, seen: Any = None) -> Exception:
    """What to raise where there is no record of an id: :class:`Moved` if there was one before,
    or if it went into another.

    ``seen`` are the records that readers may see, where the model has no word for them.
    """
    rows = model.objects.published() if seen is None else seen
    keys = model.history.filter(slug=slug).order_by("-history_date", "-history_id")
    key = keys.values_list("id", flat=True).first()
    row = rows.filter(pk=key).first() if key else None
    if row is None and (key := leads_to(model, slug)):
        row = rows.filter(pk=key).first()
    return Moved(row.slug) if row else Http404(detail)


class BadQueryError(Exception):
    """What an address asks for can't be read; answered with 400 and the sentence."""


def page_of(request: HttpRequest, rows: Any, size: int) -> Page:
    """The page of some rows that an address asks for by ``?page=``."""
    asked = request.GET.get("page") or "1"
    if not (asked.isascii() and asked.isdigit()) or len(asked) > 9 or int(asked) < 1:
        raise BadQueryError("The page is a number from 1.")
    paginator = Paginator(rows, size)
    if int(asked) > paginator.num_pages:
        raise Http404(f"There is no page {asked}; the last one is {paginator.num_pages}.")
    return paginator.page(int(asked))


def readable(view: View) -> View:
    """Answer GET and HEAD, from what is kept where that holds; any other method with 405.

    Exempt from CSRF protection, which would answer such a method with 403: nothing here writes.
    """

    @csrf_exempt
    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in ("GET", "HEAD"):
            response = error_answer(request, 405, "Ask with GET or HEAD; nothing is changed here.")
            response["Allow"] = "GET, HEAD"
            return response
        tag = keeping.tag(request)
        kept = keeping.answer_kept(request, tag) if tag else None
        if kept is not None:
            return kept
        try:
            answer = view(request, *args, **kwargs)
        except BadQueryError as error:
            return error_answer(request, 400, str(error))
        except Moved as moved:
            return _redirect(request, kwargs, moved.slug)
        if tag:
            keeping.keep(request, answer, tag)
        return answer

    return answered


def _redirect(request: HttpRequest, kwargs: dict[str, Any], slug: str) -> HttpResponseBase:
    """The same address with another id, and with its query."""
    name = request.resolver_match.url_name if request.resolver_match else ""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return HttpResponsePermanentRedirect(reverse(str(name), kwargs={"slug": slug}) + query)


def page(
    request: HttpRequest, template: str, context: dict[str, Any], alternate: str
) -> HttpResponse:
    """A page that announces the address of its JSON, where it has one."""
    response = render(request, template, {**context, "alternate": alternate})
    if alternate:
        response["Link"] = f'<{alternate}>; rel="alternate"; type="application/json"'
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    return error_answer(request, 400, "Correct the address, or begin at the home page.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return error_answer(request, 403, "Log in with an account that may open it.")


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403, where a form was sent without what guards it."""
    return error_answer(request, 403, "The form had expired, or cookies are off. Open it again.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404."""
    told = exception.args[0] if exception.args and isinstance(exception.args[0], str) else ""
    return error_answer(
        request, 404, told or "The record may have moved, or the address was mistyped."
    )


def failed(request: HttpRequest) -> HttpResponse:
    """500."""
    return error_answer(request, 500, "It has been noted. Try again later.")

"""Rows of a spreadsheet, or records of a document: shown first, then loaded all together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse

from lineage.admin.allowing import reviewer
from lineage.exchange.cells import as_csv
from lineage.exchange.columns import BY_NAME, KINDS, Kind, lacking, matched
from lineage.exchange.examining import WRONG, Examined, carry_out, examine
from lineage.exchange.given import Given, from_document
from lineage.exchange.loading import Refused
from lineage.exchange.parsing import decoded
from lineage.exchange.rows import shown
from lineage.exchange.sheet_rows import read_rows
from lineage.exchange.spreadsheets import LARGEST, MOST_ROWS, Sheet, Unreadable, read_sheet
from lineage.models import Organisation

DOCUMENT = "document"
PAGE_SIZE = 100
KEPT_FOR = 12 * 3600  # seconds between the file and its last step
KEPT_AT_MOST = 2_000_000  # characters; a form may hold two and a half million
REASON_AT_MOST = 100  # characters, as the history has it
STATES = ("new", "changed", "unchanged", "wrong")


@dataclass(slots=True)
class Kept:
    """What was uploaded, between two steps: it travels in the form, signed for its user.

    Nothing of it is left on the server, so nobody can name another's, and nothing is to be tidied.
    """

    name: str
    kind: str
    sheet: Sheet | None = None
    text: str = ""

    def packed(self, user: Any) -> str:
        """As the form holds it."""
        value: dict[str, Any] = {"name": self.name, "kind": self.kind, "text": self.text}
        if self.sheet is not None:
            value["headings"], value["rows"] = self.sheet.headings, self.sheet.rows
            value["others"] = self.sheet.other_sheets
            value["faults"] = [[*at, told] for at, told in self.sheet.faults.items()]
        return signing.dumps(value, salt=_salt(user), compress=True)

    @classmethod
    def unpacked(cls, text: str, user: Any) -> Kept:
        """What a form held; raises ``signing.BadSignature``."""
        value = signing.loads(text, salt=_salt(user), max_age=KEPT_FOR)
        sheet = None
        if "rows" in value:
            sheet = Sheet(
                value["headings"],
                [(number, cells) for number, cells in value["rows"]],
                {(number, place): told for number, place, told in value["faults"]},
                value["others"],
            )
        return cls(value["name"], value["kind"], sheet, value["text"])


def _salt(user: Any) -> str:
    return f"lineage.import.{user.pk}"


class UploadForm(forms.Form):
    """A file or a pasted table, and what its rows are."""

    rows = forms.ChoiceField(label="The rows are")
    file = forms.FileField(
        label="File",
        required=False,
        help_text=f"CSV (UTF-8), XLSX, or an interchange document (JSON): at most {MOST_ROWS:,} "
        f"rows, {LARGEST // 1_000_000} MB.",
    )
    sheet = forms.CharField(
        label="Sheet",
        required=False,
        max_length=60,
        help_text="Of a workbook with several; left empty, the first that holds anything.",
    )
    text = forms.CharField(
        label="Or paste the table, with its headings",
        required=False,
        max_length=500_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "class": "vLargeTextField"}),
    )

    def __init__(self, *args: Any, user: Any, kinds: list[Kind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        choices = [(kind.name, kind.label) for kind in kinds]
        rows: Any = self.fields["rows"]
        rows.choices = [*choices, (DOCUMENT, "records of an interchange document")]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        file, text = values.get("file"), (values.get("text") or "").strip("\ufeff \r\n")
        if not self.errors:
            if bool(file) == bool(text):
                raise forms.ValidationError("Choose a file, or paste a table: one of the two.")
            if file and file.size > LARGEST:
                raise forms.ValidationError(
                    f"The file has {file.size:,} bytes; at most {LARGEST:,} are read. Divide it."
                )
            content = file.read() if file else text.encode(errors="replace")
            name = shown(file.name, 60) if file else "a pasted table"
            values["kept"] = self._kept(name, content)
        return values

    def _kept(self, name: str, content: bytes) -> str:
        kind = self.cleaned_data["rows"]
        try:
            if kind == DOCUMENT or content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"{":
                text = decoded(content, "the document")
                from_document(text)  # what is none is told at once
                kept = Kept(name, DOCUMENT, text=text)
            else:
                kept = Kept(name, kind, read_sheet(content, self.cleaned_data.get("sheet", "")))
        except Unreadable as error:
            raise forms.ValidationError(str(error)) from error
        except Refused as refused:
            raise forms.ValidationError([str(fault) for fault in refused.faults[:20]]) from refused
        packed = kept.packed(self.user)
        if len(packed) > KEPT_AT_MOST:
            raise forms.ValidationError("The file is too large to be kept meanwhile. Divide it.")
        return packed


def kinds_for(user: Any) -> list[Kind]:
    """The kinds of rows that a user may add."""
    return [
        kind
        for kind in KINDS
        if all(user.has_perm(f"lineage.add_{model._meta.model_name}") for model in kind.writes)
    ]


def import_rows(site: Any, request: HttpRequest) -> HttpResponse:
    """The page: a file, then its columns and what would become of each row, then loaded."""
    kinds = kinds_for(request.user)
    if not kinds:
        raise PermissionDenied
    if "kept" in request.POST:
        try:
            kept = Kept.unpacked(request.POST["kept"], request.user)
        except signing.BadSignature:
            messages.error(request, "The file is no longer at hand. Choose it again.")
            return HttpResponseRedirect(reverse("admin:import"))
        if kept.kind != DOCUMENT and BY_NAME.get(kept.kind) not in kinds:
            raise PermissionDenied
        return Step(site, request, kept).answer()
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        user=request.user,
        kinds=kinds,
        initial={"rows": request.GET.get("rows", "")},
    )
    if form.is_valid():
        kept = Kept.unpacked(form.cleaned_data["kept"], request.user)
        return Step(site, request, kept, packed=form.cleaned_data["kept"]).answer()
    context = {**site.each_context(request), "title": "Import", "form": form, "kinds": kinds}
    return TemplateResponse(request, "admin/lineage/import.html", context)


class Step:
    """What a person looks at, and does, once there is a file."""

    def __init__(self, site: Any, request: HttpRequest, kept: Kept, packed: str = "") -> None:
        self.site, self.request, self.kept = site, request, kept
        self.post: QueryDict = request.POST
        self.packed = packed or self.post["kept"]
        self.review = reviewer(request.user)
        self.errors: list[str] = []

    def answer(self) -> HttpResponse:
        columns = self._columns()
        given = self._given(columns)
        examined = examine(given, self.review) if given else None
        if examined and "wrong" in self.post:
            return self._wrong_rows(examined)
        if examined and "save" in self.post and self._saved(examined):
            return HttpResponseRedirect(self._list())
        return self._page(columns, examined)

    def _columns(self) -> dict[int, str]:
        """The column that each heading is matched with, as chosen, else by its words."""
        if self.kept.sheet is None:
            return {}
        kind, headings = BY_NAME[self.kept.kind], self.kept.sheet.headings
        if "column-0" not in self.post:
            return matched(kind, headings)
        names = {column.name for column in kind.columns}
        chosen = {place: self.post.get(f"column-{place}", "") for place in range(len(headings))}
        return {place: name for place, name in chosen.items() if name in names}

    def _given(self, columns: Mapping[int, str]) -> Given | None:
        """What is to be looked at; ``None`` where the columns have to be chosen first."""
        sheet = self.kept.sheet
        if sheet is None:
            return from_document(self.kept.text)
        kind = BY_NAME[self.kept.kind]
        names = list(columns.values())
        for column in kind.columns:
            if names.count(column.name) > 1:
                self.errors.append(f"Two columns are “{column.heading}”. Choose one.")
        self.errors += lacking(kind, names)
        return None if self.errors else read_rows(kind, sheet, columns)

    def _saved(self, examined: Examined) -> bool:
        """Load what is right, where nothing stands against it."""
        if self.post.get("seen") != examined.mark:
            self.errors.append(
                "The columns or the record are no longer those that you looked at. Look at the "
                "rows again, then save."
            )
        elif examined.faults:
            self.errors.append("Nothing was saved: what is said above stands against it.")
        elif examined.counts[WRONG] and "leave_out" not in self.post:
            self.errors.append(
                "Nothing was saved, because of the wrong rows. Correct them and choose the file "
                "again, or tick that they are left out."
            )
        elif not examined.counts["new"] + examined.counts["changed"]:
            self.errors.append("There is nothing to save: no row is new or changed.")
        if self.errors:
            return False
        try:
            carry_out(examined, self.review, f"Imported from {self.kept.name}"[:REASON_AT_MOST])
        except Refused as refused:
            self.errors += [f"Nothing was saved. {fault}" for fault in refused.faults[:20]]
            return False
        counts = examined.counts
        said = f"{counts['new']} new, {counts['changed']} changed, {counts['unchanged']} unchanged"
        left = f", {counts[WRONG]} left out" if counts[WRONG] else ""
        messages.success(self.request, f"Imported from {self.kept.name}: {said}{left}.")
        return True

    def _list(self) -> str:
        kind = BY_NAME.get(self.kept.kind)
        model = kind.model if kind else Organisation
        return reverse(f"admin:lineage_{model._meta.model_name}_changelist")

    def _wrong_rows(self, examined: Examined) -> HttpResponse:
        """The wrong rows as CSV, with their reasons."""
        wrong = [one for one in examined.outcomes if one.state == WRONG]
        sheet = self.kept.sheet
        if sheet is None:
            headings = ["record", "id"]
            rows = {one.entry.where: [one.entry.where, one.entry.label] for one in wrong}
        else:
            headings = ["row", *sheet.headings]
            rows = {f"row {number}": [str(number), *cells] for number, cells in sheet.rows}
        content = as_csv(
            [*headings, "what is wrong"],
            [[*rows[one.entry.where], " ".join(one.reasons)] for one in wrong],
        )
        return HttpResponse(
            content,
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="wrong-rows.csv"'},
        )

    def _page(self, columns: Mapping[int, str], examined: Examined | None) -> HttpResponse:
        show = self.post.get("show", "")
        outcomes = examined.outcomes if examined else []
        some = [one for one in outcomes if one.state == show] if show in STATES else outcomes
        page = Paginator(some, PAGE_SIZE).get_page(self.post.get("page"))
        counts = examined.counts if examined else {}
        context = {
            **self.site.each_context(self.request),
            "title": f"Import {self.kept.name}",
            "kept": self.packed,
            "errors": self.errors,
            "headings": self._headings(columns),
            "matched": [f"column-{place}" for place in columns],
            "document": self.kept.sheet is None,
            "others": self.kept.sheet.other_sheets if self.kept.sheet else [],
            "told": self._told(columns),
            "examined": examined,
            "page": page,
            "pages": range(1, page.paginator.num_pages + 1),
            "states": [(state, counts[state]) for state in STATES if examined],
            "show": show if show in STATES else "",
            "total": len(outcomes),
            "uncited": self._uncited(columns, examined),
            "leave_out": "leave_out" in self.post,
        }
        return TemplateResponse(self.request, "admin/lineage/import_rows.html", context)

    def _headings(self, columns: Mapping[int, str]) -> list[dict[str, Any]]:
        """Each heading of the sheet with an example, and the columns to choose from."""
        sheet = self.kept.sheet
        if sheet is None:
            return []
        choices = [(column.name, column.heading) for column in BY_NAME[self.kept.kind].columns]
        return [
            {
                "name": f"column-{place}",
                "letter": sheet.letter(place),
                "words": heading or "no heading",
                "example": next((row[place] for _n, row in sheet.rows if row[place]), "")[:60],
                "chosen": columns.get(place, ""),
                "choices": choices,
            }
            for place, heading in enumerate(sheet.headings)
        ]

    def _told(self, columns: Mapping[int, str]) -> list[str]:
        """The headings of columns that are left out."""
        sheet = self.kept.sheet
        headings = sheet.headings if sheet else []
        return [
            heading or f"column {sheet.letter(place) if sheet else ''}"
            for place, heading in enumerate(headings)
            if place not in columns
        ]

    def _uncited(self, columns: Mapping[int, str], examined: Examined | None) -> int:
        """How many new rows of a sheet come without a source."""
        kind = BY_NAME.get(self.kept.kind)
        if examined is None or kind is None or "source" not in {one.name for one in kind.columns}:
            return 0
        return sum(
            one.state == "new" and "source" not in one.entry.cells for one in examined.outcomes
        )


def link(admin: Any, request: HttpRequest) -> str:
    """The address at which rows of an admin's kind are imported; empty where they can't be."""
    for kind in kinds_for(request.user):
        if admin.model is kind.model or admin.model in kind.writes:
            return f"{reverse('admin:import')}?rows={kind.name}"
    return ""

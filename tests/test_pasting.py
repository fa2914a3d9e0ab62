"""Ed pastes references, sees what they would add, and makes sources of what is ticked."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from lineage.exchange import references
from lineage.exchange.references import Work, read
from lineage.models import Source

BIBTEX = r"""
@book{alexander1991, author={Robert J. Alexander and Brou{\'e}, Pierre},
  title={International {Trotskyism}, 1929--1985}, year=1991, publisher={Duke}, url={https://a.org/}}
@article{x, title={A Split}, journal={Revolutionary History}, month=nov, year={1988}}
@phdthesis{y, title={A Thesis}, school={Hull}, date={1983}}
"""
RIS = """TY  - JOUR
AU  - Lanuque, Jean-Guillaume
TI  - Trotskysmes en France
T2  - Dissidences
PY  - 2009
UR  - https://b.org/
ER  -
"""
CSL = json.dumps(
    [
        {"type": "book", "title": "Militant", "author": [{"given": "Peter", "family": "Taaffe"}],
         "issued": {"date-parts": [[1995, 3]]}, "publisher": "Militant"},
        {"type": "webpage", "title": "A page", "container-title": "A site", "URL": "https://c.org/"},
    ]
)  # fmt: skip


def test_bibtex_is_read():
    assert read(BIBTEX) == [
        Work("International Trotskyism, 1929–1985", ["Robert J. Alexander", "Pierre Broué"], "1991",
             "book", "Duke", "https://a.org/"),
        Work("A Split", [], "1988-11", "journal article", "Revolutionary History", ""),
        Work("A Thesis", [], "1983", "thesis", "Hull", ""),
    ]  # fmt: skip


def test_ris_is_read():
    assert read(RIS) == [
        Work("Trotskysmes en France", ["Jean-Guillaume Lanuque"], "2009", "journal article",
             "Dissidences", "https://b.org/"),
    ]  # fmt: skip


def test_csl_json_is_read():
    assert read(CSL) == [
        Work("Militant", ["Peter Taaffe"], "1995-03", "book", "Militant", ""),
        Work("A page", [], "", "web page", "A site", "https://c.org/"),
    ]


def test_the_address_of_an_encyclopedia_is_a_source():
    assert read("https://fr.wikipedia.org/wiki/Ligue_communiste_r%C3%A9volutionnaire") == [
        Work("Ligue communiste révolutionnaire", ["Wikipedia contributors"], "",
             "encyclopedia article", "Wikipedia",
             "https://fr.wikipedia.org/wiki/Ligue_communiste_r%C3%A9volutionnaire"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "Paste BibTeX, RIS, CSL-JSON"),
        ("[{", "This is no JSON"),
        ("[1]", "An item of CSL-JSON is an object with a title."),
        ('{"type": "book"}', "It has no title. Add one."),
        ('{"title": "A", "issued": {"raw": "soon"}}', "“soon” is no date of publication."),
        ("@book{a, title={A", "The entry in line 1 can’t be read"),
        ("http://evil.example/", "is no BibTeX, RIS or CSL-JSON, and no Wikipedia address."),
        ("x" * (references.LONGEST + 1), "At most 200,000 characters"),
        (json.dumps([{"title": "A"}] * 201), "201 works are too many"),
        (json.dumps({"title": "A" * 301}), "longer than 300 characters"),
    ],
)
def test_what_cannot_be_read_is_told(text, fault):
    assert fault in read(text)[0].fault


def test_one_broken_entry_does_not_take_the_others_with_it():
    works = read("@book{a, title={A}}\n@book{a, title={B}}\n@book{c, title={C}}")
    assert [work.title for work in works if not work.fault] == ["A", "C"]
    assert len([work for work in works if work.fault]) == 1


@pytest.mark.parametrize(
    ("work", "slug"),
    [
        (Work("International Trotskyism", ["Robert J. Alexander"], "1991"),
         "alexander-1991-international"),
        (Work("Les trotskysmes en France", [], "2009"), "2009-trotskysmes-france"),
        (Work("第四インターナショナル"), "work"),
    ],
)  # fmt: skip
def test_an_id_is_suggested(work, slug):
    assert work.slug == slug


# --- at the desk ----------------------------------------------------------------------------------


def paste(client, text: str, **fields):
    return client.post(reverse("admin:lineage_source_paste"), {"text": text, **fields})


def states(response) -> list[tuple[str, str]]:
    return [(row.slug, row.state) for row in response.context["rows"]]


def test_what_is_pasted_is_shown_first_and_then_made(ed):
    assert reverse("admin:lineage_source_paste") in ed.get(
        reverse("admin:lineage_source_changelist")
    ).content.decode()  # fmt: skip
    shown = paste(ed, BIBTEX)
    assert states(shown) == [
        ("alexander-1991-international", "new"), ("1988-split", "new"), ("1983-thesis", "new"),
    ]  # fmt: skip
    assert not Source.objects.exists()
    made = paste(ed, BIBTEX, save="1", take=["alexander-1991-international", "1983-thesis"])
    assert made.status_code == 302
    assert list(Source.objects.order_by("slug").values_list("slug", "year")) == [
        ("1983-thesis", "1983"), ("alexander-1991-international", "1991"),
    ]  # fmt: skip
    assert Source.history.get(slug="1983-thesis").history_user.username == "ed"


def test_a_source_that_is_there_is_told_and_not_ticked(ed):
    Source.objects.create(slug="old", title="Militant!", year="1995")
    Source.objects.create(slug="2009-trotskysmes-france", title="Other", url="https://b.org/")
    assert states(paste(ed, CSL))[0] == ("taaffe-1995-militant", "known already")
    (row,) = paste(ed, RIS).context["rows"]
    assert row.known.slug == "2009-trotskysmes-france"
    assert 'value="taaffe-1995-militant" aria-label="Take Militant">' in (
        paste(ed, CSL).content.decode()
    )


def test_two_works_never_take_one_id(ed):
    text = json.dumps([{"title": "Militant one"}, {"title": "Militant one"}])
    assert [slug for slug, _state in states(paste(ed, text))] == ["militant", "militant-2"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"title": "A", "URL": "javascript:alert(1)"}),
        json.dumps({"title": "A\u202eB"}),
    ],
)
def test_what_no_source_may_hold_is_refused_in_the_row(ed, text):
    (row,) = paste(ed, text).context["rows"]
    assert row.fault
    assert paste(ed, text, save="1", take=[row.slug]).status_code == 200
    assert not Source.objects.exists()


def test_nothing_ticked_makes_nothing(ed):
    response = paste(ed, CSL, save="1")
    assert "Nothing is ticked." in response.content.decode()
    assert not Source.objects.exists()


def test_who_may_not_add_sources_may_not_paste(db, client):
    there = reverse("admin:lineage_source_paste")
    assert client.get(there).status_code == 302
    client.force_login(User.objects.create_user("sam", password="pw", is_staff=True))
    assert client.get(there).status_code == 403
    assert paste(client, CSL, save="1", take=["taaffe-1995-militant"]).status_code == 403
    assert not Source.objects.exists()

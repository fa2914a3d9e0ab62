"""Who may do what at which address: every address of the site, by role and by method.

The table stands in ``access.txt``, made from the addresses as they are configured, so that no new
page can be forgotten. After a change that is meant: ``WRITE_ACCESS=1 pytest tests/test_access.py``,
and read what the table says now.
"""

import os
import re
from itertools import groupby
from pathlib import Path

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from lineage.exchange.export import Export
from lineage.exchange.versions import Versions
from lineage.exchange.wholes import document_of
from lineage.integrity import reference
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    Correction,
    CountryPeriod,
    Fact,
    Identifier,
    Link,
    Name,
    Organisation,
    Proposal,
    Source,
    Succession,
    Waiver,
)
from tests.desk import body, change, member

TABLE = Path(__file__).parent / "access.txt"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROLES = ("stranger", "rea", "ed", "ada")
PARTS = {
    Name: {"text": "N"},
    Fact: {"kind": "leader", "text": "F"},
    CountryPeriod: {"country": "FR"},
    Identifier: {"scheme": "s", "value": "v"},
    Link: {"url": "https://example.org"},
}

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def addresses(resolver=None, prefix="", space=""):
    """Every pattern of the site, as its name and the route that leads there."""
    for one in (resolver or get_resolver()).url_patterns:
        route = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from addresses(one, route, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            yield (f"{space}{one.name}" if one.name else f"^{route}"), route


def of_status(status):
    """One record of each kind that is published, or a part of one that is; or a draft."""
    one = body(f"body-{status}", name="A", kind="international", status=status)
    other = body(f"other-{status}", name="B", status=status)
    event = change(f"event-{status}", (one, other), date="1953", status=status)
    found = {Organisation: one, ChangeEvent: event, Succession: event.successions.get()}
    found[Affiliation] = Affiliation.objects.create(organisation=other, body=one, status=status)
    for model, values in PARTS.items():
        found[model] = model.objects.create(organisation=one, **values)
    found[Account] = Account.objects.create(event=event, claimant="C", text="T")
    found[Source] = Source.objects.create(slug=f"source-{status}", title="S")
    found[Citation] = Citation.objects.create(organisation=one, source=found[Source])
    found[Waiver] = Waiver.objects.create(rule=f"rule-{status}", record="r", reason="r")
    found[Correction] = Correction.objects.create(page="/", text=f"T {status}")
    document = document_of(one)
    found[Proposal] = Proposal.objects.create(
        record=reference(one),
        title="P",
        base=document,
        document=document,
        state="in-review" if status == "published" else "draft",
        author=User.objects.get(username="ed"),
    )
    for model, more in (
        (AccessAttempt, {"failures_since_start": 1}),
        (AccessFailureLog, {}),
        (AccessLog, {}),
    ):
        found[model] = model.objects.create(username=status, user_agent=status, **more)
    found[User], found[Group] = User.objects.get(username="rea"), Group.objects.get(name="Editor")
    return found


@pytest.fixture
def cast():
    """A client for each role, and a record of each kind in both states."""
    clients = {"stranger": Client()}
    for name, group in (("rea", ""), ("ed", "Editor"), ("ada", "Publisher")):
        clients[name] = Client()
        clients[name].force_login(member(name, group))
    for client in clients.values():
        client.raise_request_exception = True
    records = {status: of_status(status) for status in ("published", "draft")}
    moment = timezone.now()  # one version each, however slow the machine
    for model in records["draft"]:
        if hasattr(model, "history"):
            model.history.update(history_date=moment)
    return clients, records


def values_of(name, parameter, records):
    """What a parameter of an address is, for the record that the address is of."""
    by_name = {model._meta.model_name: record for model, record in records.items()}
    of = re.sub(r"^(?:admin:|\^admin/)(?:lineage|auth|axes)[_/]", "", name)
    of = re.split("[_/]", of)[0]
    one = records[Organisation]
    if parameter in ("object_id", "id", "number", "pk", "record_id") and of in by_name:
        return by_name[of].pk
    if name == "admin:deleted_record":
        return {"kind": "organisation", "number": gone()}[parameter]
    if parameter == "version_id" and of in ("organisation", "changeevent", "affiliation", "source"):
        return Versions(type(by_name[of]), by_name[of].pk).newest_first[-1].key
    if parameter == "slug":
        kinds = {"event": ChangeEvent, "source": Source}
        return records[kinds.get(name.split("-")[0], Organisation)].slug
    known = {
        "object_id": one.pk,
        "number": one.pk,
        "content_type_id": ContentType.objects.get_for_model(Organisation).pk,
        "app_label": "lineage",
        "url": "nothing-here",
        "model": "organisation",
        "kind": "organisations",
        "pk": one.pk,
        "code": "FR",
        "when": "1953",
        "since": "1953",
        "until": "1963",
        "day": "09-03",
        "ending": "csv",
        "version_id": one.history.latest().pk,
        "version": "1",
    }
    if parameter in known:
        return known[parameter]
    raise AssertionError(f"Say in values_of() what “{parameter}” of {name} is.")


def gone() -> int:
    """The number of a body that was deleted."""
    last = Organisation.history.filter(slug="gone").last()
    if last is None:
        one = body("gone")
        number = one.pk
        one.delete()
        return number
    return last.id


def path_of(name, route, records):
    route = re.sub(r"\(\?P<app_label>[^)]*\)", "<app_label>", route)
    route = re.sub(r"\(\?P<url>\.\*\)", "<url>", route).replace("^", "").rstrip("$")
    return "/" + re.sub(
        r"<(?:\w+:)?(\w+)>", lambda found: str(values_of(name, found[1], records)), route
    )


def outcome(response):
    """What came of a request, in a word: a status, or where it leads."""
    if response.status_code in (301, 302):
        if response.url.startswith(reverse("admin:login")):
            return "login"
        return "elsewhere"
    return str(response.status_code)


def asked(client, method, path):
    """The answer to one request, whose consequences are undone."""
    cookies = client.cookies.output(header="", sep="; ")
    with transaction.atomic():
        response = client.generic(method, path)
        if hasattr(response, "render") and not response.is_rendered:
            response.render()
        transaction.set_rollback(True)
    client.cookies.load(cookies)  # who left is here again
    return outcome(response)


def lines(clients, by_status):
    """The table: a line for each address, method and state of its record, a column for a role."""
    found = []
    for name, route in addresses():
        states = (
            ("published", "draft") if "<" in route and name.startswith("admin:") else ("published",)
        )
        for status in states:
            path = path_of(name, route, by_status[status])
            for method in METHODS:
                said = [asked(clients[role], method, path) for role in ROLES]
                found.append((f"{name} ({status})" if len(states) > 1 else name, method, said))
    return found


def table(found):
    """Lines as text, methods of one outcome together."""
    text = [f"{'address':58} {'method':34} {' '.join(f'{role:9}' for role in ROLES)}".rstrip()]
    for (name, said), some in groupby(found, key=lambda line: (line[0], line[2])):
        methods = " ".join(method for _name, method, _said in some)
        columns = " ".join(f"{one:9}" for one in said)
        text.append(f"{name:58} {methods:34} {columns}".rstrip())
    return "\n".join(text) + "\n"


def test_everybody_may_do_what_the_table_says_and_nothing_else(cast, settings):
    found = table(lines(*cast))

    if os.environ.get("WRITE_ACCESS"):
        TABLE.write_text(found)
    assert found == TABLE.read_text()


def test_no_empty_form_of_an_editor_changes_what_readers_see(cast):
    clients, by_status = cast
    export = Export()
    before = (export.organisations(), export.events(), export.affiliations(), export.sources())
    for name, route in addresses():
        if name.startswith("admin:") and "logout" not in name:
            clients["ed"].post(path_of(name, route, by_status["published"]))

    assert (export.organisations(), export.events(), export.affiliations(), export.sources()) == (
        before
    )


def test_no_address_of_the_desk_is_open_to_a_stranger():
    """Read from the table: a stranger may say who she is, and leave."""
    opened = {
        line.split()[0]
        for line in TABLE.read_text().splitlines()[1:]
        if line.startswith("admin:") and line.split()[-4] not in ("login", "405")
    }
    assert opened == {"admin:login", "admin:logout"}

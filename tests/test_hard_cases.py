"""The sixteen hard cases of the domain: each is said through the models and read back."""

from __future__ import annotations

from datetime import date

import pytest
from django.db.models import Q

from lineage import dates, integrity
from lineage.models import (
    Account,
    Affiliation,
    ChangeEvent,
    Citation,
    CountryPeriod,
    Fact,
    Name,
    Organisation,
    Source,
    Succession,
)
from lineage.reading import kin
from lineage.reading.sourcing import sourcing_of

pytestmark = pytest.mark.django_db

EXISTED = {"successor_existed": True, "predecessor_continues": False}
ON = {"predecessor_continues": True}


@pytest.fixture(autouse=True)
def without_errors():
    """Whatever a case says, the audit finds no error in it."""
    yield
    assert integrity.check(severity=integrity.ERROR).problems == []


def reached(found):
    return [(one.organisation.slug, one.generation) for one in found]


def parents():
    return dict(Organisation.objects.values_list("slug", "parent__slug"))


def names_on(organisation, day):
    """The official and other names in use on a day."""
    begun = Q(since="") | Q(since_earliest__lte=day)
    not_over = Q(until="") | Q(until_latest__gte=day)
    return list(organisation.names.filter(begun, not_over).values_list("kind", "text"))


def test_1_the_split_of_1953_leaves_two_factions_that_both_claim_to_be_the_whole(body, event):
    fourth = body("fourth-international", founded="1938", dissolved="1953", kind="international")
    isfi, icfi = body("isfi", kind="committee"), body("icfi", founded="1953", kind="committee")
    split = event(
        "split-1953",
        "split",
        [
            (fourth, isfi, {"successor_existed": True, "predecessor_continues": False}),
            (fourth, icfi, {"predecessor_continues": False}),
        ],
        date="1953",
    )
    for one in (isfi, icfi):
        Account.objects.create(
            event=split, claimant=one.name, organisation=one, text="We are the International."
        )
    assert reached(kin.descendants(fourth)) == [("icfi", 1), ("isfi", 1)]
    assert parents() == {
        "fourth-international": None,
        "icfi": "fourth-international",
        "isfi": None,  # it had been there before, as the leading committee
    }
    assert {one.organisation.slug: one.text for one in Account.objects.published()} == {
        "isfi": "We are the International.",
        "icfi": "We are the International.",
    }
    families = set(Organisation.objects.values_list("family", flat=True))
    assert families == {fourth.family}


def test_2_the_reunification_of_1963_takes_one_body_and_part_of_another(body, event):
    isfi, icfi = body("isfi"), body("icfi", active="2024?")
    usfi = body("usfi", founded="1963")
    event("reunification", "merger", [(isfi, usfi), (icfi, usfi, ON)], date="1963")
    assert reached(kin.ancestors(usfi)) == [("icfi", 1), ("isfi", 1)]
    assert {(one.slug, one.living) for one in Organisation.objects.ended()} == {("isfi", False)}
    assert parents()["usfi"] == "isfi"  # which went into it whole
    Succession.objects.filter(predecessor=icfi).update(principal=True)
    assert parents()["usfi"] == "icfi"


def test_3_the_two_accounts_of_cwi_and_cmi_stand_side_by_side_without_a_year(body, event, cite):
    cwi, cmi = body("cwi"), body("cmi")
    parting = event("cwi-cmi", "split", [(cwi, cmi)], manner="disputed")
    said = {cwi: "They left.", cmi: "We were expelled."}
    for one, words in said.items():
        given = Account.objects.create(
            event=parting, claimant=one.name, organisation=one, text=words
        )
        cite(account=given, locator=f"p. {len(words)}")
    accounts = parting.accounts.order_by("organisation__slug")
    assert [(one.claimant, one.text, one.citations.get().locator) for one in accounts] == [
        ("CMI", "We were expelled.", "p. 17"),
        ("CWI", "They left.", "p. 10"),
    ]
    assert (parting.date, parting.date_earliest, parting.date_latest) == ("", None, None)
    via = kin.descendants(cwi)[0].via
    assert (via.disputed, via.earliest, via.latest) == (True, None, None)


def test_4_a_chain_of_renames_is_one_line_whose_old_names_are_found(body, event):
    cmi = body("cmi", name="Committee for a Marxist International")
    imt = body("imt", name="International Marxist Tendency", founded="2006")
    rci = body("rci", name="Revolutionary Communist International", founded="2024")
    Name.objects.create(organisation=imt, text="I.M.T.", kind="abbreviation")
    event("2006", "rename", [(cmi, imt)], date="2006")
    event("2024", "rename", [(imt, rci)], date="2024")
    assert [one.slug for one in rci.ancestors()] == []  # the tree of the row as it was made
    rci.refresh_from_db()
    assert [one.slug for one in rci.ancestors()] == ["cmi", "imt"]
    assert {one.via.kind for one in kin.ancestors(rci)} == {"rename"}
    assert [one.slug for one in Organisation.objects.matching("marxist tendency")] == ["imt"]
    assert [one.slug for one in Organisation.objects.matching("imt")] == ["imt"]


def test_5_a_claim_of_continuity_is_an_account_and_no_edge(body):
    body("fourth-international", founded="1938", dissolved="1953")
    icfi = body("icfi", founded="1953")
    Account.objects.create(
        subject=icfi, claimant="ICFI", organisation=icfi, text="We are the body of 1938."
    )
    assert [one.text for one in icfi.accounts.all()] == ["We are the body of 1938."]
    assert kin.relatives(icfi) == []
    assert parents() == {"fourth-international": None, "icfi": None}


def test_6_the_united_secretariat_is_a_dated_name_of_the_organ_and_no_rename(body):
    whole = body("fi", name="Fourth International", founded="1963")
    Name.objects.create(
        organisation=whole, text="United Secretariat", kind="organ", language="en", until="2003"
    )
    assert names_on(whole, date(1990, 5, 1)) == [("organ", "United Secretariat")]
    assert names_on(whole, date(2010, 5, 1)) == []
    assert [one.slug for one in Organisation.objects.matching("united secretariat")] == ["fi"]
    assert Succession.objects.count() == 0


def test_7_lssp_and_bsp_fuse_and_the_name_persists_with_blpi_between_two_lssps(body, event):
    first = body("lssp-1935", name="LSSP", founded="1935", dissolved="1942")
    blpi = body("blpi", founded="1942", dissolved="1948")
    second = body("lssp-1945", name="LSSP", founded="1945")
    bsp = body("bsp", founded="1948", dissolved="1950")
    event("into-blpi", "merger", [(first, blpi, {"predecessor_continues": False})], date="1942")
    event("again", "split", [(blpi, second)], date="1945")
    event("bsp", "continuation", [(blpi, bsp)], date="1948")
    fusion = event("fusion", "merger", [(bsp, second, EXISTED)], date="1950")
    assert [str(one) for one in Organisation.objects.filter(name="LSSP").by_name()] == [
        "LSSP (1935–1942)",
        "LSSP (1945–?)",
    ]
    assert reached(kin.ancestors(second)) == [("blpi", 1), ("bsp", 1), ("lssp-1935", 2)]
    assert parents() == {
        "lssp-1935": None,
        "blpi": "lssp-1935",
        "lssp-1945": "blpi",
        "bsp": "blpi",
    }
    assert [edge.successor.name for edge in fusion.successions.all()] == ["LSSP"]


def test_8_a_banned_body_is_reformed_under_another_name_and_then_its_own(body, event):
    oci = body("oci", name="OCI", founded="1965", dissolved="1968-06-12")
    trotskyist = body("ot", name="Organisation trotskyste", founded="1968", dissolved="1970")
    again = body("oci-1970", name="OCI", founded="1970")
    Fact.objects.create(organisation=oci, kind="illegal", since="1968-06-12")
    event("ban", "continuation", [(oci, trotskyist)], date="1968")
    event("return", "continuation", [(trotskyist, again)], date="1970")
    assert reached(kin.descendants(oci)) == [("ot", 1), ("oci-1970", 2)]
    assert [(fact.get_kind_display(), fact.since_earliest) for fact in oci.facts.all()] == [
        ("Illegal", date(1968, 6, 12))
    ]
    assert Organisation.objects.filter(folded="oci").count() == 2


def test_9_entry_into_a_host_is_a_membership_and_dissolution_into_one_is_a_merger(
    body, event, affiliate
):
    militant, labour = body("militant"), body("labour")
    blpi, congress = body("blpi", dissolved="1948"), body("csp")
    affiliate(militant, labour, role="entry", since="1964", until="1991")
    event("dissolution", "merger", [(blpi, congress, EXISTED)], date="1948")
    inside = labour.members.published().get()
    assert str(inside) == "MILITANT: Entry: working inside a host party of LABOUR"
    assert (inside.since_earliest, inside.until_latest) == (date(1964, 1, 1), date(1991, 12, 31))
    assert kin.relatives(militant) == []
    assert reached(kin.descendants(blpi)) == [("csp", 1)]
    assert parents() == {"militant": None, "labour": None, "blpi": None, "csp": None}


def test_10_a_body_without_a_name_has_a_description_in_its_place(body, event):
    swp = body("swp-us")
    minority = body("swp-minority", name="Minority of the SWP", unnamed=True, kind="faction")
    event("1963", "split", [(swp, minority)], date="1963")
    described = Organisation.objects.filter(unnamed=True)
    assert [(one.name, one.get_kind_display()) for one in described] == [
        ("Minority of the SWP", "Faction")
    ]
    assert reached(kin.descendants(swp)) == [("swp-minority", 1)]


def test_11_a_list_that_names_only_some_fragments_says_so(body, event):
    body("mas")
    body("mst")
    broken = event(
        "breakup",
        "split",
        [("mas", "mst", {"predecessor_continues": False})],
        date="1989~",
        complete=False,
    )
    assert ChangeEvent.objects.get().complete is False

    def told():
        return [
            problem.record
            for problem in integrity.check().problems
            if problem.rule == "split-with-one-product"
        ]

    assert told() == []
    broken.complete = True
    broken.save()
    assert told() == ["changeevent:breakup"]


def test_12_homonyms_are_told_apart_by_country_and_years(body):
    for code, founded in (("US", "1996"), ("LK", "1968"), ("AU", "")):
        one = body(f"sep-{code.lower()}", name="Socialist Equality Party", founded=founded)
        CountryPeriod.objects.create(organisation=one, country=code)
    found = Organisation.objects.matching("socialist equality").by_name()
    assert [(str(one), str(one.country_periods.get())) for one in found] == [
        ("Socialist Equality Party (1968–?)", "Sri Lanka"),
        ("Socialist Equality Party (1996–?)", "United States"),
        ("Socialist Equality Party", "Australia"),
    ]
    assert "likely-duplicate" not in {problem.rule for problem in integrity.check().problems}


def test_13_a_body_in_several_countries_has_dates_in_each(body):
    blpi = body("blpi", founded="1942")
    for code, since, until in (("IN", "1942", "1948"), ("LK", "1942", "1945"), ("MM", "1943~", "")):
        CountryPeriod.objects.create(organisation=blpi, country=code, since=since, until=until)
    assert [
        (str(period), period.since_earliest, period.until_latest)
        for period in blpi.country_periods.all()
    ] == [
        ("India", date(1942, 1, 1), date(1948, 12, 31)),
        ("Sri Lanka", date(1942, 1, 1), date(1945, 12, 31)),
        ("Burma (Myanmar)", date(1942, 1, 1), None),
    ]
    assert [one.slug for one in Organisation.objects.in_country("MM")] == ["blpi"]


def test_14_a_status_changes_with_time(body, affiliate):
    lssp, prt = body("lssp", founded="1935"), body("prt", founded="1965")
    international = body("fi")
    Fact.objects.create(organisation=lssp, kind="status", text="Trotskyist", since="1940")
    affiliate(prt, international, since="1968", until="1973")
    status = lssp.facts.get()
    assert (status.text, status.since_earliest, status.until_latest) == (
        "Trotskyist",
        date(1940, 1, 1),
        None,
    )
    in_1970 = Affiliation.objects.filter(
        since_earliest__lte=date(1970, 1, 1), until_latest__gte=date(1970, 1, 1)
    )
    assert [(one.organisation.slug, one.body.slug) for one in in_1970] == [("prt", "fi")]
    assert not Affiliation.objects.filter(until_latest__gte=date(1974, 1, 1)).exists()


def test_15_sources_that_disagree_on_a_year_are_both_recorded(body, source, cite):
    ssp = body("ssp", founded="[1966,1968]")
    other = Source.objects.create(slug="ervin", title="Tomorrow Is Ours")
    cite(organisation=ssp, statement="founded", value="1966")
    cite(organisation=ssp, statement="founded", value="1968", source=other)
    assert list(ssp.citations.filter(statement="founded").values_list("source__slug", "value")) == [
        ("alexander", "1966"),
        ("ervin", "1968"),
    ]
    assert (ssp.founded_earliest, ssp.founded_latest) == (date(1966, 1, 1), date(1968, 12, 31))
    assert dates.parse(ssp.founded).words == "1966 or 1968"
    assert {citation.target for citation in Citation.objects.all()} == {"organisation"}


def test_16_a_record_of_one_source_says_so(body, source, cite):
    imt = body("imt", founded="2006")
    name = Name.objects.create(organisation=imt, text="IMT", kind="abbreviation")
    cite(organisation=imt, statement="founded")
    cite(organisation=imt, statement="name")

    def told():
        return sourcing_of(imt, imt.citations.all(), [name]).words

    assert told() == "3 statements, 2 cited, all from one source."
    cite(name=name)
    assert told() == "3 statements, all cited, all from one source."
    other = Source.objects.create(slug="ervin", title="Tomorrow Is Ours")
    cite(organisation=imt, statement="founded", source=other)
    assert told() == "3 statements, all cited, from 2 sources."

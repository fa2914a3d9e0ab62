"""The words of the record: kinds, roles and states, with what a reader sees.

The terms are those of the W3C Organization Ontology, Popolo and ISAAR(CPF).
"""

from django.db.models import TextChoices


class Status(TextChoices):
    """Who sees a record: readers see published ones only."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in-review", "In review"
    PUBLISHED = "published", "Published"


class OrganisationKind(TextChoices):
    INTERNATIONAL = "international", "International"
    SECTION = "section", "Section"
    PARTY = "party", "Party"
    LEAGUE = "league", "League"
    FACTION = "faction", "Faction"
    TENDENCY = "tendency", "Tendency"
    ALLIANCE = "alliance", "Alliance"
    YOUTH = "youth", "Youth organisation"
    ARMED_WING = "armed-wing", "Armed wing"
    COMMITTEE = "committee", "Committee"
    OTHER = "other", "Other body"


class NameKind(TextChoices):
    OFFICIAL = "official", "Official name"
    ABBREVIATION = "abbreviation", "Abbreviation"
    TRANSLATION = "translation", "Translation"
    TRANSLITERATION = "transliteration", "Transliteration"
    NICKNAME = "nickname", "Also known as"
    ORGAN = "organ", "Named after its leading body"


class ChangeKind(TextChoices):
    SPLIT = "split", "Split"
    MERGER = "merger", "Merger"
    RENAME = "rename", "Change of name"
    CONTINUATION = "continuation", "Continuation"


class Manner(TextChoices):
    EXPULSION = "expulsion", "Expulsion"
    SECESSION = "secession", "Secession"
    MUTUAL = "mutual", "By mutual agreement"
    DISPUTED = "disputed", "Disputed"


class Role(TextChoices):
    SECTION = "section", "Section"
    SYMPATHISING = "sympathising", "Sympathising section"
    OBSERVER = "observer", "Observer"
    MEMBER = "member", "Member"
    FACTION = "faction", "Faction"
    YOUTH_WING = "youth-wing", "Youth wing"
    ARMED_WING = "armed-wing", "Armed wing"
    ENTRY = "entry", "Entry: working inside a host party"


class FactKind(TextChoices):
    LEADER = "leader", "Leader"
    PUBLICATION = "publication", "Publication"
    MEMBERS = "members", "Members"
    VOTES = "votes", "Votes"
    SEATS = "seats", "Seats"
    CONGRESS = "congress", "Congress"
    INACTIVE = "inactive", "Inactive"
    ILLEGAL = "illegal", "Illegal"
    STATUS = "status", "Status"
    OTHER = "other", "Other"

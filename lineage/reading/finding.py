"""Finding bodies by any of their names: all words, in any order, a typing mistake forgiven.

The names are held in memory as an index that belongs to one edition of the record and is made
anew with the next; what is found is the same on every database, and at 100,000 names takes some
milliseconds (``tests/benchmarks/finding.py``).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, overload

from django.db.models import F
from django.utils import timezone
from rapidfuzz import process
from rapidfuzz.distance import OSA

from lineage import countries
from lineage.models import (
    Affiliation,
    CountryPeriod,
    Name,
    Organisation,
    OrganisationKind,
    edition,
)
from lineage.models.organisation import attested_since
from lineage.reading.details import BELONGING
from lineage.text import fold

MOST_WORDS = 12
EXACT, BEGINNING, INSIDE, MISTYPED, PLACE = 4.0, 3.0, 1.5, 1.0, 0.5
SHORTEST_INSIDE = 3  # letters of a word that is looked for inside others
DENSE = "\u2e80"  # from here on a letter is as good as a word, and names have no spaces
SHORTEST_MISTYPED = 4  # letters of a word in which a mistake is forgiven; two in twice as many
MOST_MISTYPED = 40  # words that one mistyped word can stand for
STATES = ("living", "ended")


class Called(NamedTuple):
    """A name of a body: the body's place in the index, the name folded and as it is written."""

    body: int
    folded: str
    text: str
    kind: str  # of name; empty for the name by which the record calls the body


@dataclass(slots=True)
class Known:
    """What a search may ask of a body beside its names."""

    key: int
    slug: str
    order: tuple[str, str]
    kind: str
    state: str
    decades: tuple[str, ...]
    countries: tuple[str, ...] = ()
    internationals: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Question:
    """A search: words, and what its answers must be. Empty is "not asked"."""

    words: str = ""
    country: str = ""
    kind: str = ""
    international: str = ""
    state: str = ""
    decade: str = ""

    def without(self, name: str) -> Question:
        """The same, but for one thing that it asks."""
        return replace(self, **{name: ""})


@dataclass(frozen=True, slots=True)
class Answer:
    """A body found: its key, and the name by which it was, where its own does not say."""

    key: int
    slug: str
    matched: Called


class Answers(Sequence[Answer]):
    """The bodies found, the best first; made of their places in the index where they are asked
    for, since most never are.
    """

    def __init__(self, index: Index | None = None, names: Sequence[int] = ()) -> None:
        self._index, self._names = index, names

    def __len__(self) -> int:
        return len(self._names)

    @overload
    def __getitem__(self, at: int) -> Answer: ...
    @overload
    def __getitem__(self, at: slice) -> list[Answer]: ...
    def __getitem__(self, at: int | slice) -> Answer | list[Answer]:
        if isinstance(at, slice):
            return [self._answer(one) for one in self._names[at]]
        return self._answer(self._names[at])

    def _answer(self, name: int) -> Answer:
        if self._index is None:
            raise IndexError(name)
        called = self._index.names[name]
        body = self._index.bodies[called.body]
        return Answer(body.key, body.slug, called)


@dataclass(frozen=True)
class Found:
    """The answers; how many of them there are by each thing that can be asked further; and
    whether a typing mistake was forgiven.
    """

    answers: Answers = field(default_factory=Answers)
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    forgiven: bool = False


_kept: dict[str, tuple[tuple[str, int], Index]] = {}


def index() -> Index:
    """The index of the record as it stands: made anew where the record or the year is another."""
    stands = edition.current(), timezone.localdate().year
    kept = _kept.get("index")
    if kept is None or kept[0] != stands or not stands[0]:
        kept = _kept["index"] = (stands, Index())
    return kept[1]


class Index:
    """The names of the published bodies. Six queries."""

    def __init__(self) -> None:
        self.bodies = _bodies()
        place = {one.key: i for i, one in enumerate(self.bodies)}
        self.names = [*_names(place)]
        holders: dict[str, list[int]] = defaultdict(list)
        for i, name in enumerate(self.names):
            for word in dict.fromkeys(name.folded.split()):
                holders[word].append(i)
        self.holders = dict(holders)
        self.vocabulary = sorted(self.holders)
        self.run = "\n" + "\n".join(self.vocabulary) + "\n"
        self.starts = _starts(self.vocabulary)
        self.of_place: dict[str, set[int]] = defaultdict(set)
        for i, body in enumerate(self.bodies):
            for word in body.places:
                self.of_place[word].add(i)
        by_name = sorted(range(len(self.bodies)), key=lambda i: self.bodies[i].order)
        self.ranks = [0] * len(by_name)
        for rank, i in enumerate(by_name):
            self.ranks[i] = rank

    def find(self, question: Question) -> Found:
        """The bodies that a question asks for, the best first; where it has no words, by name."""
        words = list(dict.fromkeys(fold(question.words).split()))[:MOST_WORDS]
        forgiven = False
        best = self._best(words, mistakes=False) if words else self._own_names()
        if words and not best:
            best, forgiven = self._best(words, mistakes=True), True
        if any((question.country, question.kind, question.international, question.state,
                question.decade)):  # fmt: skip
            best = {i: one for i, one in best.items() if self._fits(i, question)}
        # One number sorts several times faster than a tuple: better first, then by name.
        last, ranks = len(self.bodies), self.ranks
        ordered = sorted(
            (ranks[i] - last * int(1000 * score), name) for i, (score, name) in best.items()
        )
        answers = Answers(self, [name for _rank, name in ordered])
        kept = list(best)
        return Found(answers, self._facets(kept), forgiven and bool(kept))

    def _own_names(self) -> dict[int, tuple[float, int]]:
        return {name.body: (0.0, i) for i, name in enumerate(self.names) if not name.kind}

    def _facets(self, kept: Sequence[int]) -> dict[str, Counter[str]]:
        bodies = [self.bodies[i] for i in kept]
        return {
            "country": Counter(chain.from_iterable([one.countries for one in bodies])),
            "kind": Counter([one.kind for one in bodies]),
            "international": Counter(chain.from_iterable([one.internationals for one in bodies])),
            "state": Counter([one.state for one in bodies if one.state]),
            "decade": Counter(chain.from_iterable([one.decades for one in bodies])),
        }

    def _fits(self, i: int, question: Question) -> bool:
        one = self.bodies[i]
        return (
            (not question.country or question.country in one.countries)
            and (not question.kind or question.kind == one.kind)
            and (not question.international or question.international in one.internationals)
            and (not question.state or question.state == one.state)
            and (not question.decade or question.decade in one.decades)
        )

    def _best(self, words: Sequence[str], *, mistakes: bool) -> dict[int, tuple[float, int]]:
        """Of each body that answers to all words the best score, and the name that has it."""
        scores = [self._word(word, mistakes=mistakes) for word in words]
        places: list[Set[int]] = [self.of_place.get(word, frozenset()) for word in words]
        if len(words) == 1:
            summed: Mapping[int, float] = scores[0]
        else:
            pairs = list(zip(scores, places, strict=True))
            summed = {
                i: sum(
                    held.get(i) or (PLACE if self.names[i].body in there else 0.0)
                    for held, there in pairs
                )
                for i in _in_all(scores, places, self.names)
            }
        query = " ".join(words)
        length, names = len(query), self.names
        best: dict[int, tuple[float, int]] = {}
        for i, score in summed.items():
            body, folded, _text, kind = names[i]
            score += 2 * length / (len(folded) if len(folded) > length else length)
            if folded.startswith(query):
                score += 8 if folded == query else 2
            if not kind:
                score += 0.1
            known = best.get(body)
            if known is None or score > known[0]:
                best[body] = (score, i)
        return best

    def _word(self, word: str, *, mistakes: bool) -> dict[int, float]:
        """The names that hold a word, each with how well."""
        scores: dict[int, float] = {}
        for other, score in self._words_like(word, mistakes=mistakes):
            for i in self.holders[other]:
                if score > scores.get(i, 0.0):
                    scores[i] = score
        return scores

    def _words_like(self, word: str, *, mistakes: bool) -> Iterable[tuple[str, float]]:
        if word in self.holders:
            yield word, EXACT
        if mistakes and len(word) >= SHORTEST_MISTYPED:
            allowed = 2 if len(word) >= 2 * SHORTEST_MISTYPED else 1
            like = process.extract(
                word,
                self.vocabulary,
                scorer=OSA.distance,
                score_cutoff=allowed,
                limit=MOST_MISTYPED,
            )
            yield from ((other, MISTYPED) for other, _distance, _place in like)
        for i in range(bisect_left(self.vocabulary, word), len(self.vocabulary)):
            other = self.vocabulary[i]
            if not other.startswith(word):
                break
            yield other, BEGINNING
        if len(word) >= SHORTEST_INSIDE or any(letter >= DENSE for letter in word):
            at = self.run.find(word)
            while at >= 0:
                i = bisect_left(self.starts, at + 1) - 1
                yield self.vocabulary[i], INSIDE
                at = self.run.find(word, self.starts[i] + len(self.vocabulary[i]) + 1)


def _starts(vocabulary: Iterable[str]) -> list[int]:
    """Where each word begins in the run of all of them, one after another."""
    starts, at = [], 1
    for word in vocabulary:
        starts.append(at)
        at += len(word) + 1
    return starts


def _in_all(
    scores: Sequence[Mapping[int, float]],
    places: Sequence[Set[int]],
    names: Sequence[Called],
) -> Iterable[int]:
    """The names that answer to every word, or whose bodies' places do; one by name at least."""
    surely = sorted((h for h, there in zip(scores, places, strict=True) if not there), key=len)
    perhaps = [(h, there) for h, there in zip(scores, places, strict=True) if there]
    if surely:
        named: Set[int] = surely[0].keys()
        for held in surely[1:]:
            named = named & held.keys()
    else:
        named = set().union(*scores)
    if not perhaps:
        return named
    return [i for i in named if all(i in h or names[i].body in there for h, there in perhaps)]


def _bodies() -> list[Known]:
    rows = Organisation.objects.published()
    gone = set(rows.ended().order_by().values_list("pk", flat=True))
    recent = attested_since()
    found = []
    columns = ("pk", "slug", "folded", "kind", "dissolved", "founded_earliest", "founded_latest",
               "dissolved_latest", "active_latest")  # fmt: skip
    for key, slug, folded, kind, ended, *days in rows.order_by("pk").values_list(*columns):
        founded, founded_by, dissolved, active = days
        living = not ended and active is not None and active >= recent
        state = "ended" if key in gone else "living" if living else ""
        known = [day.year for day in (founded, founded_by, dissolved, active) if day]
        decades = tuple(map(str, range(min(known) // 10 * 10, max(known) + 1, 10) if known else ()))
        found.append(Known(key, slug, (folded, slug), kind, state, decades))
    of = {one.key: one for one in found}
    held: dict[int, dict[str, None]] = defaultdict(dict)
    periods = CountryPeriod.objects.order_by("country", "since")
    for key, code in periods.values_list("organisation_id", "country"):
        held[key][code] = None
    for key, codes in held.items():
        if key in of:
            of[key].countries = tuple(codes)
            of[key].places = _place_words(tuple(codes))
    ties: dict[int, dict[str, None]] = defaultdict(dict)
    rows = Affiliation.objects.published().filter(
        body__kind=OrganisationKind.INTERNATIONAL, role__in=BELONGING
    )
    for key, slug in rows.order_by("body__slug").values_list("organisation_id", "body__slug"):
        ties[key][slug] = None
    for key, slugs in ties.items():
        of[key].internationals = tuple(slugs)
    return found


@lru_cache(maxsize=1024)
def _place_words(codes: tuple[str, ...]) -> frozenset[str]:
    """The words by which the countries of a body can be asked for."""
    named = " ".join([*codes, *(countries.NAMES.get(code, "") for code in codes)])
    return frozenset(fold(named).split())


def _names(place: Mapping[int, int]) -> Iterable[Called]:
    rows = Organisation.objects.published().order_by("pk").values_list("pk", "folded", "name")
    for key, folded, text in rows:
        yield Called(place[key], folded, text, "")
    others = Name.objects.order_by(
        "organisation", F("since_earliest").asc(nulls_last=True), "kind", "language", "text"
    )
    for key, folded, text, kind in others.values_list("organisation_id", "folded", "text", "kind"):
        if key in place:
            yield Called(place[key], folded, text, kind)

"""Dates as historians know them: EDTF text, the days it can mean, and words for a reader.

The grammar is our own, anchored, and takes microseconds; the ``edtf`` library takes 3-30 ms, fails
on valid intervals and drops what it can't read. The tests hold the two together, bound by bound.

This reads level 1 of EDTF (https://www.loc.gov/standards/datetime/), and the sets of level 2, for
the years 0001 to 9999. What the standard leaves open is decided here:

* An interval is one event that fell somewhere in it. An unknown end (``/1940``) has no bound, as an
  open one has none, and is written ``../1940``.
* ``~``, ``?`` and ``%`` widen both bounds, so that "about 1953" is never *surely* before 1954:
  years, decades and centuries by a year, months and seasons by a month, days by three days.
* Seasons are meteorological, of the northern hemisphere; a year's winter begins in its December:
  ``1967-24`` is 1 December 1967 to 29 February 1968.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

LONGEST = 64
SEASONS = {21: "spring", 22: "summer", 23: "autumn", 24: "winter"}
_EDTF_EXAMPLES = "1953, 1953-11, 1953-11-16, 1953~, 195X, 1967/1968, ../1940 or [1966,1968]"
_TYPED_EXAMPLES = (
    "1953, November 1953, 16 November 1953, about 1953, 1950s, autumn 1967, before 1940, "
    "since 1990, 1953–1957, or “1966 or 1968”"
)


class DateError(ValueError):
    """A text that is no date we can read. Its message is a sentence for the person who wrote it."""


@dataclass(frozen=True, slots=True)
class HistoricalDate:
    """Canonical EDTF ``text``, and the first and last day it can be (``None``: no bound)."""

    text: str
    earliest: date | None
    latest: date | None
    approximate: bool
    uncertain: bool

    @property
    def words(self) -> str:
        """What a reader sees, in English: "about 1953", "16 November 1953", "by 1940"."""
        return _words(self.text)

    @property
    def exact(self) -> bool:
        """Whether this is one known day."""
        return self.earliest is not None and self.earliest == self.latest


def parse(text: str) -> HistoricalDate:
    """Read EDTF (https://www.loc.gov/standards/datetime/); raise ``DateError`` for all else."""
    return _parse(_short(text, _EDTF_EXAMPLES))


def understand(text: str) -> HistoricalDate:
    """Read EDTF, or what a historian types ("c. 1953", "before 1940", "16 Nov 1953").

    "before 1940" excludes 1940; "by 1940" includes it. Nothing typed is dropped: what can't be read
    whole raises ``DateError`` with examples. Show the result's ``words`` to whoever typed it.
    """
    phrase = _tidy(_short(text, _TYPED_EXAMPLES))
    if edtf := _translate(phrase):
        return parse(edtf)
    if re.search(r"[0-9]{4}[–/][0-9]{1,2}(?![0-9])", phrase):
        raise _two_readings(_shown(text), "both years in full, as in 1953–1957, or name the month")
    raise DateError(f"“{_shown(text)}” is not a date this can read. Write {_TYPED_EXAMPLES}.")


def decimal_year(day: date) -> float:
    """A day as a number of years: 1 January 1953 is 1953.0, and 31 December is below 1954.0."""
    start = date(day.year, 1, 1)
    return day.year + (day - start).days / (366 if calendar.isleap(day.year) else 365)


def surely_before(a: HistoricalDate, b: HistoricalDate) -> bool:
    """Whether every reading of ``a`` is before every reading of ``b``; no bound proves nothing."""
    return a.latest is not None and b.earliest is not None and a.latest < b.earliest


def span_words(start: HistoricalDate | None, end: HistoricalDate | None) -> str:
    """A life in words: "1953–1963", "1930 – about 1933", "from 1990", "until 1940"; "" if unknown.

    Dates that are ranges or choices themselves are told: "began by 1940, ended 1966 or 1968".
    """
    if not all(_POINT.fullmatch(day.text) for day in (start, end) if day):
        told = (("began", start), ("ended", end))
        return ", ".join(f"{verb} {day.words}" for verb, day in told if day)
    if not start or not end:
        told = (("from", start), ("until", end))
        return "".join(f"{word} {_point(day.text).said(inside=True)}" for word, day in told if day)
    if start.words == end.words:
        return start.words
    dash = "–" if start.words.isdigit() and end.words.isdigit() else " – "
    return f"{start.words}{dash}{end.words}"


def by_words(date: HistoricalDate) -> str:
    """When that was so for certain which a date began or ended: "by 1988", "1988 or later"."""
    start, _, end = date.text.partition("/")
    if end == "..":
        return f"{_words(start)} or later"
    if end or _POINT.fullmatch(start):
        return _words(f"../{end or start}")
    return f"by {date.latest.year}" if date.latest else date.words


def without_doubt(date: HistoricalDate) -> HistoricalDate:
    """The date without the mark of what is uncertain: "about 1953" for ``1953%``."""
    return parse(date.text.replace("?", "").replace("%", "~"))


# EDTF. A text has one part, a set several. A part is one point, or two ends, one maybe open.


@dataclass(frozen=True, slots=True)
class _Point:
    first: date
    last: date
    step: str  # year, month or day: the step by which a mark widens it
    mark: str
    name: str
    note: str = ""

    def widened(self, sign: int) -> date:
        """The first (-1) or last (1) day that this can be, by the rule at the top."""
        day = self.first if sign < 0 else self.last
        if not self.mark:
            return day
        days = 3 if self.step == "day" else 1  # one day leads into the neighbouring month or year
        return _extent(_shift(day, sign * days), self.step)[sign > 0]

    def said(self, inside: bool = False) -> str:
        about = "about " if self.mark in ("~", "%") else ""
        the = "the " if (inside or about) and self.name.endswith(("s", "century")) else ""
        notes = [note for note in (self.note, "uncertain" * (self.mark in ("?", "%"))) if note]
        return about + the + self.name + (f" ({', '.join(notes)})" if notes else "")


_Y, _M, _D = "[0-9]{4}", "[0-9]{4}-[01][0-9]", "[0-9]{4}-[01][0-9]-[0-9]{2}"
_P = r"(?:([0-9]{3}X|[0-9]{2}XX)|([0-9]{4})(-XX(?:-XX)?|-([0-9]{2})(?:-([0-9]{2}|XX))?)?)([~?%]?)"
_PLAIN = rf"(?:{_D}|{_M}|{_Y})"
_MEMBER = rf"(?:{_Y}\.\.{_Y}|{_M}\.\.{_M}|{_D}\.\.{_D}|{_P})"
_SET = rf"(?:\.\.{_PLAIN}|(?!{_P}[\]}}]){_MEMBER})(?:,{_MEMBER})*(?:,{_PLAIN}\.\.)?|{_PLAIN}\.\."
_POINT = re.compile(_P)
_EDTF = re.compile(rf"{_P}|(?:\.\.|{_P})?/(?:\.\.|{_P})?|\[(?:{_SET})\]|\{{(?:{_SET})\}}")
_UNKNOWN = {"-XX": "month unknown", "-XX-XX": "month and day unknown"}


def _point(text: str) -> _Point:
    decades, year, rest, month, day, mark = _POINT.findall(text)[0]
    first, last = (int((decades or year).replace("X", digit)) for digit in "09")
    if first == 0:
        raise DateError(f"“{text}” is not in the years 0001 to 9999. Write {_EDTF_EXAMPLES}.")
    if not month:
        name, note = f"{first}", _UNKNOWN.get(rest, "")
        if decades:
            name = f"{_ordinal(first // 100 + 1)} century" if "XX" in decades else f"{first}s"
            note = "decade" if name.endswith("00s") else ""  # "1900s" could be a hundred years
        return _Point(date(first, 1, 1), date(last, 12, 31), "year", mark, name, note)
    if int(month) in SEASONS and not day:
        return _season(first, int(month), mark)
    if not 1 <= int(month) <= 12:
        instead = f"{year}-01 to {year}-12, or for a span of years 1953/1957"
        raise DateError(f"“{text}” has no month {month}. Write {instead}.")
    start, end = _extent(date(first, int(month), 1), "month")
    name = f"{calendar.month_name[start.month]} {first}"
    if day in ("", "XX"):
        return _Point(start, end, "month", mark, name, "day unknown" if day else "")
    if not 1 <= int(day) <= end.day:
        raise DateError(f"{name} has no day {day}. Write a day from {start} to {end}.")
    start = start.replace(day=int(day))
    return _Point(start, start, "day", mark, f"{start.day} {name}")


def _season(year: int, season: int, mark: str) -> _Point:
    name, first = f"{SEASONS[season]} {year}", date(year, 3 * (season - 20), 1)
    if season == 24:
        name += f"–{year + 1}" if year % 100 == 99 else f"–{(year + 1) % 100:02}"
    last = _extent(_shift(first, 89), "month")[1]  # 89 days on is the end of every third month
    return _Point(first, last, "month", mark, name)


def _extent(day: date, step: str) -> tuple[date, date]:
    if step == "year":
        return day.replace(month=1, day=1), day.replace(month=12, day=31)
    if step == "month":
        return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])
    return day, day


def _shift(day: date, days: int) -> date:
    """Days on or back, stopping at the ends of the calendar."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def _read(text: str) -> list[tuple[_Point | None, _Point | None]]:
    if not _EDTF.fullmatch(text):
        raise DateError(f"“{_shown(text)}” is not a date in EDTF. Write {_EDTF_EXAMPLES}.")
    separator = "/" if "/" in text else ".."
    parts = []
    for member in text.strip("[]{}").split(","):
        sides = [_point(s) if s not in ("", "..") else None for s in member.split(separator)]
        a, b = sides[0], sides[-1]
        if a is b is None:
            raise DateError(f"“{text}” says nothing. Write ../1940 or 1990/.., or leave it empty.")
        if a and b and a.first > b.last:
            raise DateError(f"“{text}” ends before it begins. Write the earlier date first.")
        parts.append((a, b))
    return parts


@lru_cache(maxsize=16384)
def _parse(text: str) -> HistoricalDate:
    parts = _read(text)
    starts = [a.widened(-1) if a else None for a, _ in parts]
    ends = [b.widened(1) if b else None for _, b in parts]
    marks = {point.mark for part in parts for point in part if point}
    return HistoricalDate(
        text=re.sub(r"^/|/$", lambda end: "../" if end.start() == 0 else "/..", text),
        earliest=None if None in starts else min(filter(None, starts)),
        latest=None if None in ends else max(filter(None, ends)),
        approximate=not marks.isdisjoint("~%"),
        uncertain=not marks.isdisjoint("?%"),
    )


@lru_cache(maxsize=16384)
def _words(text: str) -> str:
    parts = _read(text)
    if "/" in text:
        start, end = (point.said(inside=True) if point else "" for point in parts[0])
        if start and end:
            return f"between {_without_what_follows(*parts[0], start)} and {end}"
        return f"from {start} on" if start else f"by {end}"
    link = "and" if text[0] == "{" else "or"
    said = []
    for a, b in parts:
        if a and b:
            dash = "–" if a.step == "year" else " – "
            said.append(a.said() if a is b else f"{a.said()}{dash}{b.said()}")
        else:
            said += [f"{a.said()} {link} later"] if a else []
            said += [f"{b.said()} {link} earlier"] if b else []
    if len(said) == 1:
        return f"one of {said[0]}" if text[0] == "[" and "–" in said[0] else said[0]
    return f"{', '.join(said[:-1])} {link} {said[-1]}"


def _without_what_follows(first: _Point | None, last: _Point | None, said: str) -> str:
    """The beginning of a span without its year, or month and year, where the end has the same."""
    if first is None or last is None or first.step != last.step or first.mark or first.note:
        return said
    if last.mark or last.note or first.first.year != last.first.year or first == last:
        return said
    if first.step == "day":
        same = first.first.month == last.first.month
        return str(first.first.day) if same else said.removesuffix(f" {first.first.year}")
    named = first.step == "month" and not said.startswith(tuple(SEASONS.values()))
    return said.removesuffix(f" {first.first.year}") if named else said


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 < number % 100 < 14 else ending}"


def _short(text: str, examples: str) -> str:
    if isinstance(text, str) and len(text) <= LONGEST:
        return text
    raise DateError(f"A date is a text of at most {LONGEST} characters. Write {examples}.")


def _shown(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)


# English. Each phrase is matched whole and turned into EDTF, so that nothing typed is lost.

_DAY, _MONTH = r"(?P<d>[0-9]{1,2})(?:st|nd|rd|th)?", r"(?P<m>[a-z]{3,9})\.?"
_NAMED = re.compile(rf"(?:{_DAY} (?:of )?)?{_MONTH},? (?:of )?(?P<y>{_Y})")
_NAMED_MONTH_FIRST = re.compile(rf"{_MONTH} {_DAY},? (?P<y>{_Y})")
_SEASONS = {"spring": 21, "summer": 22, "autumn": 23, "fall": 23}
_MAYBE = r"^(?:possibly|perhaps|probably|maybe) | ?(?:\?|\(\?\)|\(uncertain\))\Z"
_ABOUT = r"^(?:in |on )?(?:about|around|circa|approx(?:\.|imately)?|ca?\.?)(?: |(?=[0-9]))"
_SAME_YEAR = re.compile(rf"between ((?:[0-9]{{1,2}} )?[a-z]{{3,9}}) and (.+ ({_Y}))")
_SAME_MONTH = re.compile(rf"between ([0-9]{{1,2}}) and ([0-9]{{1,2}} ([a-z]{{3,9}} {_Y}))")
_PHRASES = [
    (r"before (.+)", lambda a: f"../{_beside(a, -1)}"),
    (r"after (.+)", lambda a: f"{_beside(a, 1)}/.."),
    (r"(?:by|until|till|up to|not after) (.+)|(.+) or (?:before|earlier)", "../{}".format),
    (r"(?:since|from|not before) (.+?)(?: on(?:wards?)?)?|(.+) or (?:after|later)", "{}/..".format),
    (r"between (.+) and (.+)|(?:from )?(.+)(?: to | until |–)(.+)", "{}/{}".format),
]


def _tidy(text: str) -> str:
    phrase = re.sub("[ \u00a0\u202f]+", " ", text).strip(" ").replace("’", "'").lower()
    phrase = re.sub(" ?[–—] ?| - ", "–", phrase)
    return re.sub(r"\b([0-9]{4}s?)-(?=[0-9]{4})", r"\1–", phrase)


def _translate(phrase: str) -> str | None:
    if _EDTF.fullmatch(phrase.upper()):
        return phrase.upper()
    if point := _english_point(phrase):
        return point
    if decade := re.fullmatch(r"(?:the )?(early|mid|late)[ -]([0-9]{2}[1-9])0'?s", phrase):
        third = {"early": "{0}0/{0}3~", "mid": "{0}4~/{0}6~", "late": "{0}7~/{0}9"}[decade[1]]
        return third.format(decade[2])
    if match := _SAME_YEAR.fullmatch(phrase) or _SAME_MONTH.fullmatch(phrase):
        phrase = f"between {match[1]} {match[3]} and {match[2]}"
    for pattern, build in _PHRASES:
        if match := re.fullmatch(pattern, phrase):
            points = [_english_point(group) for group in match.groups() if group]
            if all(points):
                return build(*points)
    for link, (left, right) in ((" or ", "[]"), (" and ", "{}")):
        points = [_english_point(member) for member in re.split(f",?{link}|, ", phrase)]
        if link in phrase and all(points):
            return left + ",".join(filter(None, points)) + right
    return None


def _beside(text: str, sign: int) -> str:
    """The year, month or day just before (-1) or after (1) a point."""
    point = _point(text)
    day = _shift(point.first if sign < 0 else point.last, sign)
    if point.first <= day <= point.last:
        raise DateError("That is outside the years 0001 to 9999. Write a year in them.")
    return day.isoformat()[: {"year": 4, "month": 7, "day": 10}[point.step]] + point.mark


def _english_point(phrase: str) -> str | None:
    phrase, maybe = re.subn(_MAYBE, "", phrase)
    phrase, about = re.subn(_ABOUT, "", phrase)
    phrase = re.sub("^(?:(?:in|on|the) )+", "", phrase)
    text = phrase.upper() if _POINT.fullmatch(phrase.upper()) else _spelt_out(phrase)
    if text is None:
        return None
    about, maybe = about or text[-1] in "~%", maybe or text[-1] in "?%"
    return text.rstrip("~?%") + ("%" if about and maybe else "~" * bool(about) + "?" * bool(maybe))


def _spelt_out(phrase: str) -> str | None:
    if match := re.fullmatch(r"([0-9]{3})0'?s( \(decade\))?", phrase):
        decade, century = f"{match[1]}X", f"{match[1][:2]}XX"
        if decade[2] == "0" and not match[2]:
            raise _two_readings(phrase, f"{decade} or {century}")
        return decade
    if match := re.fullmatch(r"([1-9][0-9]?|100)(?:st|nd|rd|th) century", phrase):
        return f"{int(match[1]) - 1:02}XX"
    if match := re.fullmatch(r"(spring|summer|autumn|fall) (?:of )?([0-9]{4})", phrase):
        return f"{match[2]}-{_SEASONS[match[1]]}"
    if match := re.fullmatch(r"winter (?:of )?([0-9]{4})(?:[-–/]([0-9]{2,4}))?", phrase):
        year, following = match[1], f"{int(match[1]) + 1:04}"
        if match[2] not in (following, following[2:]):
            raise _two_readings(phrase, f"winter {year}–{following[2:]}, or name the month")
        return f"{year}-24"
    if match := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", phrase):
        day, month, year = match.groups()
        if int(day) <= 12 and int(day) != int(month):
            raise _two_readings(phrase, "the month as a word, as in 3 May 1953")
        return f"{year}-{month:0>2}-{day:0>2}"
    if match := _NAMED.fullmatch(phrase) or _NAMED_MONTH_FIRST.fullmatch(phrase):
        for number, name in enumerate(calendar.month_name):
            if name.lower().startswith(match["m"]):
                return f"{match['y']}-{number:02}" + (f"-{match['d']:0>2}" if match["d"] else "")
    return None


def _two_readings(phrase: str, instead: str) -> DateError:
    return DateError(f"“{phrase}” can be read in two ways. Write {instead}.")

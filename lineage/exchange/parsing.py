"""Text → Python values, JSON and YAML, made stricter: nothing is dropped or guessed at."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import yaml

from lineage.exchange.rows import Fault, Refused, shown

try:  # in PyYAML's wheels, and not in every build from source
    from yaml.cyaml import CParser  # type: ignore[attr-defined]
except ImportError:
    CParser = None  # type: ignore[assignment,misc]

# A document is seven deep, and an author's name in a fixture four.
DEPTH = 20


def parse_json(text: str | bytes, where: str, faults: list[Fault]) -> Any:
    """JSON as Python values; raises :class:`Refused` for a text that is none.

    Keys given twice and numbers that JSON does not have are added to ``faults``.
    """

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                record = next((str(value) for name, value in pairs if name == "id"), "")
                told = f"The key “{shown(key)}” stands twice in one object. Delete one of the two."
                faults.append(Fault(where, record, told))
            found[key] = value
        return found

    def no_number(name: str) -> None:
        faults.append(Fault(where, "", f"{name} is no JSON number. Write null."))

    try:
        value = json.loads(decoded(text, where), object_pairs_hook=once, parse_constant=no_number)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        told = f"It is no JSON: {error.msg} ({place}). Correct it there."
        raise Refused([*faults, Fault(where, "", told)]) from error
    except RecursionError as error:
        raise Refused([*faults, _too_deep(where)]) from error
    except ValueError as error:  # digits beyond what Python reads as one number
        told = f"It holds a number that can’t be read: {error}. Shorten it."
        raise Refused([*faults, Fault(where, "", told)]) from error
    if _deeper_than(value, DEPTH):
        raise Refused([*faults, _too_deep(where)])
    return value


def parse_yaml(text: bytes, where: str, faults: list[Fault]) -> Any:
    """YAML as Python values; raises :class:`Refused` for a text that is none, or is not plain.

    Aliases and tags are refused; keys given twice are added to ``faults``.
    """
    plain = decoded(text, where)
    twice: list[tuple[str, int]] = []
    try:
        value = _read(plain, twice)
    except yaml.YAMLError as error:
        told = f"It can’t be read as YAML: {_told(error)}. Correct it there."
        raise Refused([*faults, Fault(where, "", told)]) from error
    except RecursionError as error:
        raise Refused([*faults, _too_deep(where)]) from error
    for key, line in twice:
        told = f"The key “{shown(key)}” stands twice, in line {line} again. Delete one of the two."
        faults.append(Fault(where, "", told))
    if _deeper_than(value, DEPTH):
        raise Refused([*faults, _too_deep(where)])
    return value


def decoded(text: str | bytes, where: str) -> str:
    """A text, from UTF-8 where it is bytes; raises :class:`Refused`."""
    if isinstance(text, str):
        return text
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        told = f"It is not UTF-8 text (byte {error.start}). Save it as UTF-8."
        raise Refused([Fault(where, "", told)]) from error


def _too_deep(where: str) -> Fault:
    told = f"Its lists and objects stand in each other more than {DEPTH} deep. Write it flatter."
    return Fault(where, "", told)


def _deeper_than(value: Any, depth: int) -> bool:
    layer = [value]
    for _ in range(depth + 1):
        layer = [
            part
            for whole in layer
            if isinstance(whole, (dict, list))
            for part in (whole.values() if isinstance(whole, dict) else whole)
        ]
    return bool(layer)


class _Plain(yaml.SafeLoader):
    """Safe YAML without aliases and tags, which no record needs and no reader expects."""

    def __init__(self, text: str, twice: list[tuple[str, int]]) -> None:
        super().__init__(text)
        self.twice = twice

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.peek_event()
        line = event.start_mark.line + 1
        if isinstance(event, yaml.events.AliasEvent):
            raise yaml.YAMLError(f"an alias (*) in line {line}; write the value out")
        if getattr(event, "tag", None) is not None:
            raise yaml.YAMLError(f"a tag ({shown(event.tag)}) in line {line}; take it out")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _value in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode) or key.tag.endswith(":merge"):
                raise yaml.YAMLError(f"a key that is no word in line {line}; write a word")
            if key.value in seen:
                self.twice.append((key.value, line))
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def construct_object(self, node: Any, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep)
        except (ValueError, ArithmeticError) as error:
            # Unquoted, and almost a date or a number: 1938-09-31.
            line = node.start_mark.line + 1
            told = f"{shown(node.value)} in line {line} ({error}); put it in quotes"
            raise yaml.YAMLError(told) from error


class _Doubt(Exception):  # noqa: N818 - no error yet
    """The quick reader leaves a text to the one in Python, whose sentences say more."""


class _Quick:
    """Values straight from the events of libyaml, many times as fast; of plain YAML alone."""

    def __init__(self, text: str) -> None:
        self.parser = CParser(text)
        self.bare: dict[str, Any] = {}  # the values of unquoted words
        self.words = yaml.SafeLoader("")

    def document(self) -> Any:
        """The value of the one document of the text."""
        try:
            self._next(yaml.StreamStartEvent)
            self._next(yaml.DocumentStartEvent)
            value = self._value(self.parser.get_event())
            self._next(yaml.DocumentEndEvent)
            self._next(yaml.StreamEndEvent)
        except (yaml.YAMLError, ValueError, ArithmeticError) as error:
            raise _Doubt from error
        return value

    def _next(self, kind: type[Any]) -> None:
        if not isinstance(self.parser.get_event(), kind):
            raise _Doubt

    def _value(self, event: Any) -> Any:
        kind = type(event)
        if kind is yaml.AliasEvent or event.tag is not None or event.anchor is not None:
            raise _Doubt
        if kind is yaml.ScalarEvent:
            return self._bare(event.value) if event.implicit[0] else event.value
        following = self.parser.get_event
        if kind is yaml.SequenceStartEvent:
            values = []
            while type(part := following()) is not yaml.SequenceEndEvent:
                values.append(self._value(part))
            return values
        pairs: dict[str, Any] = {}
        while type(part := following()) is not yaml.MappingEndEvent:
            key = self._value(part)
            if not isinstance(key, str) or key in pairs:
                raise _Doubt
            pairs[key] = self._value(following())
        return pairs

    def _bare(self, word: str) -> Any:
        if word not in self.bare:
            tag = self.words.resolve(yaml.ScalarNode, word, (True, False))
            self.bare[word] = self.words.construct_object(yaml.ScalarNode(tag, word))
        return self.bare[word]


def _read(text: str, twice: list[tuple[str, int]]) -> Any:
    if CParser is not None:
        with suppress(_Doubt):
            return _Quick(text).document()
    return _Plain(text, twice).get_single_data()


def _told(error: yaml.YAMLError) -> str:
    """The parser's complaint on one line, without its drawing of the place."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return " ".join(str(error).split())
    mark = error.problem_mark
    parts = [part for part in (error.context, error.problem) if part]
    return f"{', '.join(parts)} (line {mark.line + 1}, column {mark.column + 1})"

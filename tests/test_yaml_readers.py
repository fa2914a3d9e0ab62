"""Both YAML readers, the quick one and the one in Python, give the same and refuse the same."""

import pytest
from django.conf import settings

from lineage.exchange import parsing
from lineage.exchange.rows import Refused

FIXTURES = sorted((settings.BASE_DIR / "fixtures").glob("*.yaml"), key=lambda path: len(path.name))
GOOD = {
    "words": "- yes\n- No\n- ~\n- null\n-\n- ''\n- \"true\"\n- 'x''y'\n- \"\\u00e9\"\n",
    "numbers": "- 1938\n- '1938'\n- 12.5\n- 0x1F\n- 1_000\n- 1:30\n- +3\n- 1e3\n- .inf\n",
    "dates": "- 1938-09-03\n- '1938-09-03'\n- 1938-09-03 10:00:00\n- 1938-9\n",
    "lines": "a: |\n  two\n  lines\nb: >-\n  folded\n  line\nc: plain\n  and on\n",
    "nests": "a: [1, [2, {m: n}], {}, []]\nb:\n- c: d\n  e:\n  - f\ng: {h: , i: ''}\n",
    "keys that are no words": "1: a\n'2': b\ntrue: c\n1938-09-03: d\n~: e\n",
    "an anchor that nothing names": "- &a x\n- y\n",
    "marks of a document": "%YAML 1.1\n---\na: 1\n...\n",
    "a word alone": "word",
    "nothing": "",
    "a comment": "# nothing\n",
}
BAD = {
    "alias": "- &a x\n- *a\n",
    "tag": "- !!python/name:os.system x\n",
    "twice": "a: 1\nb: 2\na: 3\n",
    "merge": "- <<: {a: 1}\n",
    "key": "- ? [a, b]\n  : c\n",
    "almost a date": "- 1938-09-31\n",
    "broken": "- a: [1, 2\n- b\n",
    "tab": "- a:\n\t- b\n",
    "deep": "[" * 40 + "]" * 40,
    "deeper": "[\n" * 1500 + "]" * 1500,
    "two documents": "a: 1\n---\nb: 2\n",
    "twice, of a word and a number": "1: a\n'1': b\n",
    "twice, in a list": "- {a: 1, b: 2, a: 3}\n- {a: 1}\n",
    "an alias of nothing": "- *a\n",
    "two anchors of one name": "- &a x\n- &a y\n",
    "an alias for a key": "- &a x\n- *a : y\n",
    "a value that is none": "- =\n",
    "no word": "- ! x\n",
}


def read(text: bytes):
    faults = []
    try:
        return parsing.parse_yaml(text, "here", faults), [str(fault) for fault in faults]
    except Refused as refused:
        return None, [str(fault) for fault in refused.faults]


@pytest.fixture
def in_python(monkeypatch):
    def read_so(text: bytes):
        with monkeypatch.context() as patch:
            patch.setattr(parsing, "CParser", None)
            return read(text)

    return read_so


@pytest.mark.parametrize("path", FIXTURES[:3], ids=lambda path: path.name)
def test_the_quick_reader_is_there_and_reads_a_fixture_by_itself(in_python, path, monkeypatch):
    text = path.read_bytes()
    expected = in_python(text)
    assert expected[0]
    monkeypatch.delattr(parsing, "_Plain")
    assert read(text) == expected


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_any_plain_text_reads_the_same(in_python, text):
    value, faults = read(text.encode())
    assert faults == []
    in_words, none = in_python(text.encode())
    assert (repr(value), none) == (repr(in_words), [])


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_bad_text_is_refused_in_the_same_words(in_python, text):
    found = read(text.encode())
    assert found[1]
    assert found == in_python(text.encode())

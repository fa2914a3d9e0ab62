"""Both YAML readers, the quick one and the one in Python, give the same and refuse the same."""

import pytest
from django.conf import settings

from lineage.exchange import parsing
from lineage.exchange.rows import Refused

FIXTURES = sorted((settings.BASE_DIR / "fixtures").glob("*.yaml"))
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
    "deeper": "[" * 5000 + "]" * 5000,
    "two documents": "a: 1\n---\nb: 2\n",
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
            patch.setattr(parsing, "_LOADERS", parsing._LOADERS[-1:])
            return read(text)

    return read_so


def test_the_quick_reader_is_there_and_comes_first():
    quick, last = parsing._LOADERS
    assert quick is not last
    assert quick("- a: '1'\n", []).get_single_data() == [{"a": "1"}]


@pytest.mark.parametrize("path", FIXTURES[:3], ids=lambda path: path.name)
def test_a_fixture_reads_the_same(in_python, path):
    text = path.read_bytes()
    value, faults = read(text)
    assert value
    assert (value, faults) == in_python(text)


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_bad_text_is_refused_in_the_same_words(in_python, text):
    found = read(text.encode())
    assert found[1]
    assert found == in_python(text.encode())

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.core.errors import ConfigError
from civic_ai.store.yaml import MAX_BYTES, dotted, load_yaml, parse_yaml


def refuse(content: bytes) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_yaml(content, "pilot.yaml")
    return str(caught.value)


def test_scalars_stay_text_so_that_no_word_becomes_a_boolean() -> None:
    read = parse_yaml(b"country: no\nzip: 012\nwhen: 2018-01-01\nquoted: 'yes'\nnothing:\nempty: ''\n", "x")
    assert read.value == {
        "country": "no", "zip": "012", "when": "2018-01-01", "quoted": "yes", "nothing": None, "empty": "",
    }  # fmt: skip


def test_every_place_knows_its_line() -> None:
    read = parse_yaml(b"a: 1\nb:\n  c: [x,\n      y]\n  d: {e: f}\n", "x")
    assert (read.lines["a",], read.lines["b", "c", 1], read.lines["b", "d", "e"]) == (1, 4, 5)
    assert str(read.place(("b", "d", "missing"))) == "x:5"
    assert str(read.place(("nowhere",))) == "x:1"


@pytest.mark.parametrize(
    ("content", "says", "line"),
    [
        (b"a: 1\nb: 2\na: 3\n", "given twice (first in line 1)", 3),
        (b"a:\n  b: 1\n  b: 2\n", "given twice (first in line 2)", 3),
        (b"a: &x [1]\nb: *x\n", "anchor or alias", 1),
        (b"", "is empty", 1),
        (b"# only a comment\n", "is empty", 1),
        (b"a: 1\n---\nb: 2\n", "more than one document", 2),
        (b"a: [1, 2\nb: 3\n", "not valid YAML", 2),
        (b"a: 1\nb: caf\xe9\n", "not UTF-8", 2),
        (b"a: " + b"[" * 60_000, "levels deep", 1),
        (b"x: " + b"a" * MAX_BYTES, "larger than", 1),
        (b"? [a, b]\n: 1\n", "plain word", 1),
    ],
)
def test_what_could_deceive_or_explode_is_refused_with_its_line(content: bytes, says: str, line: int) -> None:
    message = refuse(content)
    assert says in message
    assert f"pilot.yaml:{line}" in message


@pytest.mark.parametrize("content", [b"a: [1, 2\nb: 3\n", b"\ta: 1\n", b"b: caf\xe9\n", b"a: \x07\n"])
def test_a_file_that_is_no_yaml_comes_with_a_remedy(content: bytes) -> None:
    with pytest.raises(ConfigError) as refused:
        parse_yaml(content, "pilot.yaml")
    assert all(mistake.remedy is not None for mistake in refused.value.mistakes)


def test_a_laughing_bomb_is_refused_before_it_grows() -> None:
    bomb = b"a: &a [x,x,x]\n" + b"".join(
        b"%c: &%c [*%c,*%c,*%c]\n" % (c, c, c - 1, c - 1, c - 1) for c in range(98, 110)
    )
    assert "anchor or alias" in refuse(bomb)


def test_all_double_keys_are_said_at_once() -> None:
    message = refuse(b"a: 1\na: 2\nb: 1\nb: 2\n")
    assert message.count("given twice") == 2


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_yaml(tmp_path / "none.yaml")


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(ConfigError):
        assert parse_yaml(content, "x.yaml").file == "x.yaml"


def test_a_path_is_written_as_people_write_it() -> None:
    assert dotted(("features", 0, "count_days", 2)) == "features[0].count_days[2]"

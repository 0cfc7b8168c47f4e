"""The list: order, lot, and a file that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import ConfigError, StoreError
from civic_ai.deployment import worklist
from civic_ai.deployment.worklist import (
    BY_LOT,
    BY_SCORE,
    Draw,
    choose_units,
    rank_units,
    require_free,
    sidecar_of,
    table_bytes,
    write_worklist,
)
from civic_ai.records.deployment import Worklist
from civic_ai.store.blobs import write_file

DAY = date(2026, 11, 23)
UNITS = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=40, unique=True)


def draw(capacity: int, share: float = 0.0, decision: str = "d" * 64) -> Draw:
    return Draw.of(capacity, share, decision, DAY)


@given(UNITS, st.data())
def test_ranks_fall_with_the_score_and_do_not_depend_on_the_files_order(
    units: list[str], data: st.DataObject
) -> None:
    scores = np.array(
        data.draw(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=len(units), max_size=len(units)))
    )
    order = rank_units(units, scores, draw(3))
    assert sorted(order) == list(range(len(units)))
    assert (np.diff(scores[order]) <= 0).all()
    shuffled = data.draw(st.permutations(range(len(units))))
    again = rank_units([units[i] for i in shuffled], scores[list(shuffled)], draw(3))
    assert [units[shuffled[i]] for i in again] == [units[i] for i in order]


@given(UNITS, st.integers(1, 50), st.floats(0, 0.5))
def test_never_more_than_the_capacity_and_the_best_first(
    units: list[str], capacity: int, share: float
) -> None:
    order = np.arange(len(units))
    drawn = draw(capacity, share)
    chosen = choose_units(units, order, drawn)
    counted = Counter(chosen)
    assert counted[BY_SCORE] + counted[BY_LOT] == min(capacity, len(units))
    assert counted[BY_LOT] == min(drawn.lots, max(0, len(units) - capacity))
    assert chosen[: counted[BY_SCORE]] == [BY_SCORE] * counted[BY_SCORE]
    rest = {unit: how for unit, how in zip(units, chosen, strict=True) if how != BY_SCORE}
    by_number = sorted(rest, key=drawn.number)
    assert {unit for unit, how in rest.items() if how == BY_LOT} == set(by_number[: counted[BY_LOT]])


def test_among_equal_scores_the_lot_decides() -> None:
    units = [f"r{i}" for i in range(12)]
    order = rank_units(units, np.zeros(12), draw(3))
    assert [units[i] for i in order] == sorted(units, key=draw(3).number) != units


def test_the_lot_is_the_one_that_the_record_describes() -> None:
    assert draw(1, decision="ab").number("r1c2") == digest_of_bytes(b"ab 2026-11-23 r1c2")


def test_everybody_has_the_same_chance_in_the_lot() -> None:
    """Over 400 decisions, each of 20 units outside of the list is drawn about as often: 2 of 20."""
    units = [f"u{i}" for i in range(30)]
    times: Counter[str] = Counter()
    for number in range(400):
        chosen = choose_units(units, np.arange(30), draw(12, 1 / 6, decision=f"{number:064d}"))
        times.update(unit for unit, how in zip(units, chosen, strict=True) if how == BY_LOT)
    assert set(times) == set(units[10:])
    assert sum(times.values()) == 800
    assert all(18 <= n <= 66 for n in times.values())  # binomial(400, 0.1): mean 40, 4.3 deviations


@pytest.mark.parametrize(
    ("capacity", "share", "lots"), [(150, 0.05, 8), (100, 0.05, 5), (10, 0.01, 1), (10, 0.0, 0), (10, 0.5, 5)]
)
def test_how_many_the_lot_decides(capacity: int, share: float, lots: int) -> None:
    assert draw(capacity, share).lots == lots


@pytest.mark.parametrize("share", [-0.01, 0.51, float("nan")])
def test_a_share_that_is_none(share: float) -> None:
    with pytest.raises(ConfigError, match="is no share between 0 and"):
        draw(10, share)


FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    "  =1",
    "\ufeff=1",
    "\u00a0=1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    table = table_bytes(pd.DataFrame({"unit": [text]}))
    rows = list(csv.reader(io.StringIO(table.decode(), newline="")))
    assert rows == [["unit"], ["'" + text]]


@given(
    st.lists(
        st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=12), min_size=1, max_size=9
    )
)
def test_no_cell_begins_like_a_formula_and_no_text_is_lost(texts: list[str]) -> None:
    table = table_bytes(pd.DataFrame({"n": range(len(texts)), "unit": texts}))
    rows = list(csv.reader(io.StringIO(table.decode(), newline="")))[1:]
    assert len(rows) == len(texts)
    for (_, cell), text in zip(rows, texts, strict=True):
        assert cell in (text, "'" + text)
        assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_numbers_stay_numbers_even_below_zero() -> None:
    frame = pd.DataFrame({"rank": np.array([1, 2]), "score": [-0.1, 1e-30], "lower": [np.nan, 0.1 + 0.2]})
    assert table_bytes(frame) == b"rank,score,lower\r\n1,-0.1,\r\n2,1e-30,0.30000000000000004\r\n"


def test_blank_text_stays_blank() -> None:
    frame = pd.DataFrame({"area": [None, ""], "name": ["a", "b"]})
    assert table_bytes(frame) == b"area,name\r\n,a\r\n,b\r\n"


def record() -> Worklist:
    return Worklist(
        pilot="p", as_of=DAY, made_on=DAY, dossier="a" * 64, decision="b" * 64, bundle="c" * 64,
        policy="d" * 64, snapshot="e" * 64, sources=(), units=3, capacity=2, chosen=2, exploration_share=0,
        by_lot=0, unstable_reasons=0, ends_on=DAY, table="f" * 64,
    )  # fmt: skip


def test_list_and_record_are_written(tmp_path: Path) -> None:
    path = tmp_path / "out" / "list.csv"
    write_worklist(path, b"rank\r\n", record())
    assert path.read_bytes() == b"rank\r\n"
    assert Worklist.model_validate_json(sidecar_of(path).read_bytes()) == record()
    assert sorted(p.name for p in path.parent.iterdir()) == ["list.csv", "list.csv.json"]
    assert path.stat().st_mode & 0o007 == 0


@pytest.mark.parametrize("taken", ["list.csv", "list.csv.json"])
def test_a_list_that_was_handed_out_is_kept(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_bytes(b"old")
    with pytest.raises(ConfigError, match="stands here already"):
        write_worklist(tmp_path / "list.csv", b"new", record())
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {taken: b"old"}
    (tmp_path / taken).unlink()
    (tmp_path / taken).symlink_to("nowhere")
    with pytest.raises(ConfigError, match="stands here already"):
        require_free(tmp_path / "list.csv")


@pytest.mark.parametrize("fails_at", [1, 2])
def test_nothing_half_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
    real, calls = write_file, list[Path]()

    def full(path: Path, content: bytes, *, mode: int) -> None:
        calls.append(path)
        if len(calls) == fails_at:
            raise OSError(28, "No space left on device")
        real(path, content, mode=mode)

    monkeypatch.setattr(worklist, "write_file", full)
    with pytest.raises(StoreError, match="full"):
        write_worklist(tmp_path / "list.csv", b"new", record())
    assert list(tmp_path.iterdir()) == []

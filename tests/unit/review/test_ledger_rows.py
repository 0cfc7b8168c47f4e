from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.review import ledger_engine, ledger_rows
from civic_ai.review.ledger_rows import lines_among, lines_of, size_of, with_cosignatures
from tests.unit.review.made_ledger import ANA, append, found, vote


@pytest.mark.parametrize("at_once", [1, 2, 1000])
def test_lines_come_in_order_in_whatever_pieces(
    tmp_path: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_rows, "_AT_ONCE", at_once)
    ledger = found(tmp_path)
    append(ledger, *(vote(number, ANA) for number in range(4)))
    lines = [entry.line for entry in ledger.entries()]
    with ledger_engine.reading(ledger.engine) as connection:
        assert size_of(connection) == len(lines) == 5
        assert list(lines_of(connection)) == lines
        assert list(lines_of(connection, 2)) == lines[2:]
        assert list(lines_of(connection, 1, 2)) == lines[1:3]
        assert list(lines_of(connection, 5)) == []
        assert list(lines_among(connection, [0, 3, 4])) == [lines[0], *lines[3:]]
        assert list(lines_among(connection, [])) == []
        assert with_cosignatures(connection, 9) == ""

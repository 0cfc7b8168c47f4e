"""What ``civic-ai reproduce`` prints. Whole runs: tests/journey/test_reproduction.py."""

from __future__ import annotations

from civic_ai.cli.reproduction import SHOWN, text_of
from civic_ai.records.reproduction import Deviation
from tests.unit.cards.test_reproduction import made


def test_the_verdict_stands_first() -> None:
    same = made().model_copy(update={"again": "a"})
    assert text_of(same).startswith("Identical: the second run sealed the same dossier, 9 figures")
    assert text_of(made()).startswith("Agrees: 9 figures and words, none off by more than 0.001")
    assert text_of(made(given="b")).startswith("Differs: 0 of 9 figures and words, or the promise")


def test_what_differs_is_named_and_a_long_list_is_cut() -> None:
    off = tuple(Deviation(fact=f"audit.{n}", sealed=1.0, found=2.0, off=0.5) for n in range(SHOWN + 5))
    told = text_of(made(off, given="b"))
    assert told.splitlines()[0].startswith(f"Differs: {SHOWN + 5} of 9")
    assert sum(line.startswith("audit.") for line in told.splitlines()) == SHOWN
    assert any(line.split()[:3] == ["given", "given", "differs"] for line in told.splitlines())

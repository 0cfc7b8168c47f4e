"""A proposal follows the facts, and never stands for a score."""

from __future__ import annotations

from itertools import product

import pytest

from civic_ai.records.gates import GateCheck, GateReport, GateVerdict
from civic_ai.records.pilot_record import FieldEntry, PilotRecord, Status
from civic_ai.records.rubric import Criterion, Rubric
from civic_ai.records.text import Text
from civic_ai.review.readiness import propose, readiness

SAID = Text(any="x")


def asked(gates: tuple[str, ...] = (), fields: tuple[str, ...] = ()) -> Criterion:
    means = (SAID, SAID, SAID, SAID)
    return Criterion(id="c", asks=SAID, card="model_card", gates=gates, fields=fields, means=means)


def report(**verdicts: GateVerdict) -> GateReport:
    checks = tuple(GateCheck(gate=gate, fact="f", observed=None, must_be="> 1", verdict=verdict)
                   for gate, verdict in verdicts.items())  # fmt: skip
    return GateReport(evidence="", policy="", checks=checks, passed=0, failed=0, unknown=0, is_ready=False)


def record(**status: Status) -> PilotRecord:
    entries = tuple(FieldEntry(field=name, filled_by="city", status=one) for name, one in status.items())
    return PilotRecord(pilot="p", dossier=None, answers=None, crosswalk="", audience="board", level=None,
                       fields=entries, coverage=())  # fmt: skip


@pytest.mark.parametrize(
    ("gates", "fields", "mark"),
    [
        ({"g": "pass"}, {"A": "answered_with_evidence"}, 2),
        ({"g": "pass"}, {"A": "answered_without_evidence"}, 1),
        ({"g": "pass"}, {"A": "not_answered"}, 1),
        ({"g": "pass"}, {"A": "not_measured"}, 1),
        ({"g": "unknown"}, {"A": "answered_with_evidence"}, 1),
        ({"g": "fail"}, {"A": "answered_with_evidence"}, 0),
        ({"g": "unknown"}, {"A": "not_answered"}, 0),
        ({}, {"A": "answered_with_evidence"}, 1),
        ({"g": "pass"}, {}, 1),
        ({}, {}, 0),
        ({"g": "pass"}, {"A": "not_needed"}, 2),
    ],
)
def test_what_the_facts_allow(gates: dict[str, GateVerdict], fields: dict[str, Status], mark: int) -> None:
    assert propose(asked(("g",), ("A",)), report(**gates), record(**fields)).mark == mark


def test_it_names_what_holds_it_back() -> None:
    found = propose(
        asked(("f", "u", "n", "p"), ("A", "B", "C")),
        report(f="fail", u="unknown", p="pass", other="fail"),
        record(A="answered_without_evidence", B="not_answered", Z="not_answered"),
    )
    assert (found.failed, found.unknown) == (("f",), ("u", "n"))
    assert (found.gaps, found.unproven) == (("B", "C"), ("A",))


def test_where_no_fact_is_asked_for_nothing_is_proposed() -> None:
    assert propose(asked(), report(g="fail"), record(A="not_answered")).mark is None


def test_what_nobody_scored_is_not_ready_and_is_named() -> None:
    names = ("a", "b", "c")
    criteria = tuple(asked().model_copy(update={"id": name}) for name in names)
    rubric = Rubric(rubric=Text(any="ours"), version="1", criteria=criteria)
    for given in product((None, 0, 1, 2, 3), repeat=len(names)):
        marks = {name: mark for name, mark in zip(names, given, strict=True) if mark is not None}
        found = readiness(rubric, {**marks, "of-another-rubric": 3})
        assert (found.asked, found.enough) == (3, 2)
        assert found.unscored == tuple(name for name in names if name not in marks)
        assert found.ready == given.count(2) + given.count(3)

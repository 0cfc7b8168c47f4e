"""What the observer test reads of a pilot: rows of both periods, and a model without the observer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from civic_ai.audit import observed as module
from civic_ai.audit.observed import Observed, read_observed
from civic_ai.records.panel import Feature
from civic_ai.store.blobs import Blobs
from tests.unit.audit.made import POLICY, pilot

UNITS = ["e", "a", "d", "b", "c", "f"]
DAYS = dict(zip("abcdef", [1, 1, 2, 2, 3, 3], strict=True))
SCORES = {"a": 0.1, "b": 0.2, "c": 0.3, "d": 0.4, "e": 0.5, "f": 0.6}
OWN = Feature(name="age", source="cases", known_by="known_at", family="case")
WHO = Feature(name="inspector_is_red", source="cases", known_by="known_at", family="observer")


def _rows(units: str, shift: float = 0.0, blank: str = "") -> pa.Table:
    """The model's rows and those of a rule that must not be read; ``blank`` have no outcome yet."""
    one = {
        "unit": pa.array(list(units) * 2, pa.string()),
        "as_of": pa.array([date(2024, 1, DAYS[unit]) for unit in units] * 2, pa.date32()),
        "split": ["1"] * (2 * len(units)),
        "candidate": ["lightgbm"] * len(units) + ["observer_rate"] * len(units),
        "score": pa.array([SCORES[unit] + shift for unit in units] + [9.0] * len(units), pa.float64()),
        "label": pa.array([None if u in blank else float(u in "bdf") for u in units] * 2, pa.float64()),
    }
    return pa.table(one)


class _Panel(SimpleNamespace):
    """As much of a panel's record as is looked at; it can be copied with other features."""

    digest = "0" * 64

    def model_copy(self, update: dict) -> _Panel:
        return _Panel(**{**vars(self), **update})


def _given(folder, features: tuple[Feature, ...], *, rule_wins: bool = False, in_lockbox: str = "ef"):
    blobs = Blobs(folder)
    panel_rows = pa.table({"unit": sorted(UNITS), "baseline_observer_rate": [0.5, 0.5, 0.1, 0.1, 0.2, 0.2]})
    units = pa.table({"unit": UNITS, "observer": pa.array(["red", "blue", None, "red", "blue", "red"])})
    evaluation = SimpleNamespace(
        champion="arrival_order" if rule_wins else "lightgbm", champion_is_baseline=rule_wins,
        best_candidate="lightgbm", lockbox_blob=blobs.put_table(_rows(in_lockbox)),
    )  # fmt: skip
    return SimpleNamespace(
        spec=pilot(),
        evaluation=evaluation,
        predictions=SimpleNamespace(blob=blobs.put_table(_rows("dcba", blank="a"))),
        panel=_Panel(blob=blobs.put_table(panel_rows), features=features),
        units=units,
        clusters=np.array([7, 7, 3, 3, 5, 5]),
        codes=lambda table: np.array([UNITS.index(unit) for unit in table["unit"].to_pylist()]),
        blobs=blobs,
    )


@pytest.fixture
def refits(monkeypatch: pytest.MonkeyPatch) -> list:
    """What is trained anew: the spec's candidates and the features; its scores are 1 higher."""
    seen: list = []

    def fit(spec, panel, policy, blobs):
        seen.append((spec.models.candidates, tuple(feature.name for feature in panel.features)))
        return SimpleNamespace(blob=blobs.put_table(_rows("abcd", shift=1.0, blank="a")))

    def lockbox(spec, predictions, names, blobs):
        seen.append(("lockbox", tuple(names)))
        return SimpleNamespace(blob=blobs.put_table(_rows("fe", shift=1.0)))

    monkeypatch.setattr(module, "fit_candidates", fit)
    monkeypatch.setattr(module, "score_lockbox", lockbox)
    monkeypatch.setattr(Blobs, "put_record", lambda self, record: "0" * 64)
    return seen


def _read(folder, *features: Feature, **changes) -> Observed:
    return read_observed(_given(folder, features, **changes), POLICY)


def test_rows_of_the_tests_and_the_lockbox_with_what_belongs_to_each_case(tmp_path, refits) -> None:
    made = _read(tmp_path, OWN)
    assert made.score.tolist() == [0.4, 0.3, 0.2, 0.5, 0.6]
    assert made.is_event.tolist() == [True, False, True, False, True]
    assert made.in_lockbox.tolist() == [False, False, False, True, True]
    assert made.rate.tolist() == [0.1, 0.1, 0.5, 0.2, 0.2]
    assert made.list.tolist() == [1, 1, 0, 2, 2]
    assert made.observer.tolist() == [0, 1, 2, 2, 2]
    assert made.observers == 3
    assert made.cluster.tolist() == [0, 1, 0, 2, 1]
    assert (made.period.first, made.period.last) == (date(2024, 1, 1), date(2024, 1, 3))


def test_a_model_that_does_not_know_the_observer_is_not_trained_again(tmp_path, refits) -> None:
    made = _read(tmp_path, OWN)
    assert refits == []
    assert made.without.tolist() == made.score.tolist()
    assert not made.knows_observer


def test_one_that_knows_it_is_trained_once_more_without(tmp_path, refits) -> None:
    made = _read(tmp_path, OWN, WHO)
    assert refits == [(("lightgbm",), ("age",)), ("lockbox", ("lightgbm",))]
    assert made.without == pytest.approx(made.score + 1)
    assert made.knows_observer


def test_where_nothing_else_is_known_there_is_no_model_without(tmp_path, refits) -> None:
    made = _read(tmp_path, WHO)
    assert (made.without, refits) == (None, [])


def test_where_a_rule_is_proposed_the_best_model_is_tested_on_the_tests(tmp_path, refits) -> None:
    made = _read(tmp_path, OWN, WHO, rule_wins=True, in_lockbox="")
    assert made.candidate == "lightgbm"
    assert refits == [(("lightgbm",), ("age",))]
    assert not made.in_lockbox.any()
    assert len(made.score) == 3


def test_cases_of_one_list_and_observer_share_a_code(tmp_path, refits) -> None:
    made = _read(tmp_path, OWN)
    codes = made.list_and_observer
    assert codes[3] == codes[4]
    assert len(set(codes.tolist())) == 4


@pytest.mark.parametrize(
    ("events", "mixed"), [([True, False], True), ([True, True], False), ([False, False], False)]
)
def test_cases_are_mixed_where_some_are_events_and_some_are_not(tmp_path, refits, events, mixed) -> None:
    world = replace(_read(tmp_path, OWN), is_event=np.array(events))
    assert world.is_mixed is mixed

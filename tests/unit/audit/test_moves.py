"""Every number of every public record is compared with the earlier version, by one walk."""

from __future__ import annotations

from typing import Any

import pytest

from civic_ai.audit.evaluation_suppression import mask_evaluation
from civic_ai.audit.explanation_suppression import mask_explanation
from civic_ai.audit.moves import _even, hide_moves
from civic_ai.audit.predictions_suppression import mask_predictions
from civic_ai.audit.suppression import mask_audit
from civic_ai.audit.told import Told, told_in
from civic_ai.audit.versions import Published
from civic_ai.records.evaluation import Calibration, CalibrationBin
from civic_ai.records.figure import Figure
from civic_ai.records.policy import Policy, Suppression
from civic_ai.records.record import Record
from tests.unit.audit.answers import with_answers
from tests.unit.audit.made import POLICY, random_report
from tests.unit.audit.test_evaluation_suppression import random_evaluation
from tests.unit.audit.test_explanation_suppression import FULL as EXPLANATION
from tests.unit.audit.test_forgotten import FULL as AUDIT
from tests.unit.audit.test_predictions_suppression import PREDICTIONS

OPEN = next(
    report
    for report in map(random_report, range(100))
    if not any(count.suppressed for count in mask_audit(report, POLICY).counts)
)
"""An audit of which every group is shown."""
EVALUATION = with_answers(random_evaluation(4), 4)
MASKS: dict[str, tuple[Record, Any]] = {
    "audit": (AUDIT, mask_audit),
    "groups": (OPEN, mask_audit),
    "evaluation": (EVALUATION, mask_evaluation),
    "explanation": (EXPLANATION, mask_explanation),
    "predictions": (PREDICTIONS, mask_predictions),
}
FINE = POLICY.model_copy(update={"suppression": Suppression(minimum=11, round_counts_to=1)})
"""Nothing is rounded, so that every small difference would be told."""


def _numbers(record: Record, public: Record) -> dict[tuple[Any, ...], Told]:
    return {(*told.place, told.name): told for told in told_in(record, public) if told.cells}


def _grown(value: Any, by: int, path: tuple[str, ...]) -> Any:
    """``value`` with ``by`` more in the first number that stands at the dotted ``path``, wherever it is."""
    if isinstance(value, tuple):
        return tuple(_grown(part, by, path) for part in value)
    if isinstance(value, dict):
        return {name: _grown(part, by, path) for name, part in value.items()}
    if not path:
        return _more(value, by)
    if not isinstance(value, Record):
        return value
    return value.model_copy(update={path[0]: _grown(getattr(value, path[0]), by, path[1:])})


def _more(value: Any, by: int) -> Any:
    if isinstance(value, Figure):
        return value.model_copy(update={"n": value.n + by}) if value.n else value
    return value + by if value else value


def _narrow(one: Told, two: Told, public: Told, policy: Policy) -> bool:
    """Whether both versions show a number of which a count moved by few."""
    seen = one.is_shown and public.is_shown
    moves = [abs(two.cells[name] - one.cells[name]) for name in one.cells]
    return seen and any(0.01 < move < policy.suppression.minimum - 0.01 for move in moves)


_OF_GROUPS = ("counts.", "groups.", "disparities.")
PLACES = sorted(
    {
        (kind, told.name)
        for kind, (full, _) in MASKS.items()
        for told in told_in(full, full)
        if told.cells and (kind != "groups" or told.name.startswith(_OF_GROUPS))
    }
)
NEVER_SHOWN = {("evaluation", "time_to_find.area_under_roc"), ("audit", "worst.ratio")} | {
    ("audit", name) for kind, name in PLACES if kind == "groups"
}
"""Rests on few in these records; what they say of groups is shown in ``OPEN``."""


@pytest.mark.parametrize(("kind", "name"), PLACES)
def test_no_number_that_moved_by_few_is_shown_in_both_versions(kind: str, name: str) -> None:
    before, mask = MASKS[kind]
    now = _grown(before, 3, tuple(name.split(".")))
    public = mask(before, FINE)
    careless, careful = mask(now, FINE), mask(now, FINE, Published(before, public))
    one, two = _numbers(before, public), _numbers(now, careful)
    told = _numbers(now, careless)
    gave_away = any(_narrow(one[at], told[at], told[at], FINE) for at in one.keys() & told.keys())
    assert gave_away is ((kind, name) not in NEVER_SHOWN)
    found = [at for at in one.keys() & two.keys() if _narrow(one[at], two[at], two[at], FINE)]
    assert found == []


@pytest.mark.parametrize("kind", MASKS)
def test_the_same_again_is_shown_as_before(kind: str) -> None:
    full, mask = MASKS[kind]
    for policy in (POLICY, FINE):
        public = mask(full, policy)
        assert mask(full, policy, Published(full, public)) == public


@pytest.mark.parametrize("kind", MASKS)
def test_what_the_later_version_hides_can_be_read_back(kind: str) -> None:
    """Every part may be hidden: the record that is left is one of its kind."""
    full, mask = MASKS[kind]
    for told in {told.name: told for told in told_in(full, full) if told.cells}.values():
        now = _grown(full, 3, tuple(told.name.split(".")))
        later = mask(now, FINE, Published(full, mask(full, FINE)))
        assert type(full).model_validate_json(later.to_json()) == later


def _bins(*parts: tuple[int, int]) -> Any:
    bins = tuple(CalibrationBin(predicted=0.1 * i, observed=Figure(value=cases / n, n=n))
                 for i, (cases, n) in enumerate(parts))  # fmt: skip
    figure = Figure(value=1.0, n=4000)
    calibration = Calibration(slope=figure, bias_ratio=figure, bins=bins, verdict="pass")
    return random_evaluation(1).model_copy(update={"calibration": calibration})


def _told(evaluation: Any) -> list[bool]:
    return [part.observed.value is not None for part in evaluation.calibration.bins]


def test_a_bin_that_few_were_added_to_is_hidden_with_another() -> None:
    """Alone it would follow from the total of all bins."""
    before = _bins((20, 100), (40, 100), (80, 200), (300, 500))
    now = _bins((23, 104), (40, 100), (80, 200), (300, 500))
    public = mask_evaluation(before, POLICY)
    assert _told(public) == [True] * 4
    assert _told(mask_evaluation(now, POLICY)) == [True] * 4
    assert _told(mask_evaluation(now, POLICY, Published(before, public))) == [False, False, True, True]


def test_a_bin_that_was_hidden_stays_so_until_it_moved_by_many() -> None:
    before = _bins((5, 100), (40, 100), (80, 200), (300, 500))
    earlier = Published(before, mask_evaluation(before, POLICY))
    assert _told(earlier.public) == [False, False, True, True]
    few = _bins((14, 130), (40, 100), (80, 200), (300, 500))
    many = _bins((60, 230), (70, 160), (80, 200), (300, 500))
    assert _told(mask_evaluation(few, POLICY, earlier)) == [False, False, True, True]
    assert _told(mask_evaluation(many, POLICY, earlier)) == [True] * 4


def test_without_an_earlier_version_nothing_is_compared() -> None:
    assert hide_moves(AUDIT, AUDIT, None, POLICY.suppression) is AUDIT


def test_counts_of_parts_stand_under_the_same_names_in_the_same_order() -> None:
    """So that the same two versions hide the same, whatever order a set gives."""
    names = ("d", "b", "e", "a", "c")
    made = _even({("k", "one"): dict.fromkeys(names[:3], 5.0), ("k", "two"): dict.fromkeys(names[3:], 7.0)})
    assert [list(cells.items()) for cells in made.values()] == [
        [("a", 0.0), ("b", 5.0), ("c", 0.0), ("d", 5.0), ("e", 5.0)],
        [("a", 7.0), ("b", 0.0), ("c", 7.0), ("d", 0.0), ("e", 0.0)],
    ]

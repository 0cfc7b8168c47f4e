"""Two public versions that differ by a few rows do not tell who came in between."""

from __future__ import annotations

import pytest

from civic_ai.audit.evaluation_suppression import mask_evaluation
from civic_ai.audit.suppression import audit_cells, hidden_groups, mask_audit
from civic_ai.audit.told import SHOWN_CELLS
from civic_ai.audit.versions import Change, Published
from civic_ai.records.policy import Suppression
from tests.unit.audit.made import POLICY, random_report
from tests.unit.audit.test_evaluation_suppression import random_evaluation

RULE = Suppression()
A, B = ("part", "a"), ("part", "b")


def _to_hide(before, now, hidden=(), rule=RULE):
    cells = [{A: {"n": n, "cases": cases}} for n, cases in (before, now)]
    return Change(*cells, wholes=("n",)).to_hide(hidden, rule)


@pytest.mark.parametrize(
    ("before", "now", "hides"),
    [
        ((300, 100), (300, 100), False),
        ((300, 100), (300, 103), True),
        ((300, 100), (305, 100), True),
        ((300, 100), (330, 120), False),
        ((300, 100), (330, 103), True),
        ((3000, 100), (3000, 103), False),
        ((300, 0), (311, 0), False),
        ((300, 100), (3000, 103), False),
    ],
    ids=["the same", "few cases more", "few rows more", "many more", "many rows, few cases",
         "so many that whole percents leave it open", "empty in both", "one version alone is blurred enough"],
)  # fmt: skip
def test_a_group_is_hidden_where_few_came_and_shares_are_fine_enough_to_tell(before, now, hides):
    assert _to_hide(before, now) == (frozenset({A}) if hides else frozenset())
    assert _to_hide(now, before) == (frozenset({A}) if hides else frozenset())


def test_rounding_alone_is_enough_where_it_leaves_the_minimum_open():
    """Two counts rounded to r leave 2r open in their difference; without rounding, nothing."""
    many = (30_000, 9_000), (30_003, 9_003)
    assert not _to_hide(*many)
    assert _to_hide(*many, rule=Suppression(round_counts_to=5))
    assert not _to_hide(*many, rule=Suppression(round_counts_to=6))
    assert not _to_hide(*many, rule=Suppression(minimum=10, round_counts_to=5)), "exactly the minimum is open"


@pytest.mark.parametrize(
    ("now", "stays"), [((300, 100), True), ((309, 150), True), ((311, 150), False), ((350, 105), True)]
)
def test_what_was_hidden_stays_so_until_every_count_has_moved_by_many(now, stays):
    assert bool(_to_hide((300, 100), now, hidden={A})) is stays


def test_a_group_that_only_one_version_has_has_no_difference():
    assert Change({A: {"n": 30.0}}, {B: {"n": 31.0}}, ("n",)).to_hide({A}, RULE) == frozenset()


def _grown(report, by):
    """The report some days later: ``by`` more rows in which something was found, in each group."""
    grown = [
        count.model_copy(
            update={name: getattr(count, name) + by for name in SHOWN_CELLS}
        )
        for count in report.counts
    ]  # fmt: skip
    return report.model_copy(update={"counts": tuple(grown)})


def _shown(report):
    return {(count.attribute, count.group) for count in report.counts if not count.suppressed}


@pytest.mark.parametrize("seed", range(12))
def test_no_group_is_told_in_both_versions_that_few_were_added_to(seed):
    before = random_report(seed)
    now = _grown(before, 3)
    public = mask_audit(before, POLICY)
    alone = mask_audit(now, POLICY)
    together = mask_audit(now, POLICY, Published(before, public))
    cells = audit_cells(before)
    told = {group for group in _shown(together) & _shown(public) if min(
        cells[group][name] for name in ("rows", "positives", "events", "selected")) < 500}  # fmt: skip
    assert told == set()
    assert _shown(together) <= _shown(alone)
    assert hidden_groups(before, 11) - _shown(together) == hidden_groups(before, 11)


def test_without_the_earlier_version_the_difference_is_told():
    gave_away = 0
    for seed in range(12):
        before = random_report(seed)
        both = _shown(mask_audit(before, POLICY)) & _shown(mask_audit(_grown(before, 3), POLICY))
        gave_away += len(both)
    assert gave_away > 5


@pytest.mark.parametrize("seed", range(12))
def test_the_same_again_is_shown_as_before(seed):
    report = random_report(seed)
    public = mask_audit(report, POLICY)
    assert mask_audit(report, POLICY, Published(report, public)) == public


@pytest.mark.parametrize("seed", range(6))
def test_scores_that_moved_by_few_are_hidden_in_the_next_version(seed):
    full = random_evaluation(seed)
    public = mask_evaluation(full, POLICY)
    earlier = Published(full, public)
    assert mask_evaluation(full, POLICY, earlier) == public
    moved = full.model_copy(
        update={
            "scores": tuple(
                score.model_copy(update={"figure": score.figure.model_copy(update={"n": score.figure.n + 4})})
                for score in full.scores
            )
        }
    )
    later = mask_evaluation(moved, POLICY, earlier)
    seen = [(a, b, c) for a, b, c in zip(full.scores, public.scores, later.scores, strict=True)]
    small = [(b, c) for a, b, c in seen if a.figure.n < 500 and b.figure.value is not None]
    assert all(c.figure.value is None for _, c in small)

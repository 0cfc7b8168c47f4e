from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from scipy import stats

from civic_ai.audit.area_reporting import AreaReporting
from civic_ai.audit.frontier import STRENGTHS, _distance, measure_frontier
from civic_ai.audit.given import Given, read_given
from civic_ai.audit.reported_share import AreaRates
from civic_ai.models.mitigated_order import OneList, expected_parity, take_over
from civic_ai.records.frontier import Frontier
from civic_ai.records.policy import Policy
from civic_ai.records.predictions import CandidateRecord, Predictions
from tests.unit.audit.city import AREAS, Evaluated, evaluated

POLICY = Policy(policy="test", version="1", gates=())
NOT_KNOWN = "reporting_not_measured"


def with_mitigation(city: Evaluated) -> Given:
    """The city with a third candidate: the model's lists, served by group to equal expected recall."""
    predictions = city.blobs.record(Predictions, city.evaluation.predictions)
    table = city.blobs.table(predictions.blob)
    unit, day, score = (np.asarray(city.rows[name]) for name in ("unit", "day", "score"))
    made = np.empty(len(score))
    for one in np.unique(day):
        at = np.flatnonzero(day == one)
        now = OneList(score[at], unit[at] % 2, np.arange(len(at)), unit[at])
        made[at] = take_over(now.score, expected_parity(now))
    own = table.filter(pc.equal(table["candidate"], "lightgbm"))
    third = own.set_column(own.column_names.index("score"), "score", pa.array(made))
    name = pa.array(["even"] * own.num_rows).dictionary_encode()
    third = third.set_column(third.column_names.index("candidate"), "candidate", name)
    settings = {"method": "recall_parity_label_free", "attribute": "income", "decides_by_attribute": True}
    record = CandidateRecord(
        name="even", is_baseline=False, simplicity=103, settings=settings, mitigates="lightgbm"
    )
    blob = city.blobs.put_table(pa.concat_tables([table, third]).unify_dictionaries())
    changed = predictions.model_copy(update={"blob": blob, "candidates": (*predictions.candidates, record)})
    digest = city.blobs.put_record(changed)
    evaluation = city.evaluation.model_copy(update={"predictions": digest})
    return read_given(city.spec, evaluation, city.blobs)


@pytest.fixture(scope="module")
def frontier(tmp_path_factory: pytest.TempPathFactory) -> Frontier:
    """A list that scores group 1 at 0.8 of what it should."""
    made = measure_frontier(
        with_mitigation(evaluated(tmp_path_factory.mktemp("f"), missed=0.8)), POLICY, NOT_KNOWN
    )
    assert made is not None
    return made


def test_everything_that_was_tried_and_the_sweep_are_told(frontier: Frontier) -> None:
    kinds = {way.way: way.kind for way in frontier.ways}
    assert next(iter(kinds)) == frontier.champion == frontier.swept == "lightgbm"
    assert kinds["recent_count"] == "rule"
    assert kinds["even"] == "mitigation"
    assert [way.strength for way in frontier.ways if way.kind == "sweep"] == list(STRENGTHS)
    even = next(way for way in frontier.ways if way.way == "even")
    assert (even.of, even.method, even.decides_by_attribute) == ("lightgbm", "recall_parity_label_free", True)


def test_found_and_ratio_are_those_of_a_hand_count(tmp_path: Path) -> None:
    city = evaluated(tmp_path, missed=0.8)
    frontier = measure_frontier(with_mitigation(city), POLICY, NOT_KNOWN)
    assert frontier is not None
    unit, day, score, label = (np.asarray(city.rows[name]) for name in ("unit", "day", "score", "label"))
    chosen = np.zeros(len(unit), dtype=bool)
    for one in range(51):  # the last date has no outcome yet
        at = np.flatnonzero(day == one)
        chosen[at[np.argsort(-score[at])[:12]]] = True
    known = ~np.isnan(label)
    found = label[chosen & known].sum()
    assert frontier.lists == 51
    assert frontier.ways[0].found_per_visit.value == pytest.approx(found / (12 * 51))
    if frontier.attribute == "income":
        recall = [
            label[chosen & known & (unit % 2 == g)].sum() / label[known & (unit % 2 == g)].sum()
            for g in (0, 1)
        ]
        assert sorted([recall[0] / recall[1], recall[1] / recall[0]])[0] == pytest.approx(
            min(frontier.ways[0].ratio.value or 0, 1 / (frontier.ways[0].ratio.value or 1))
        )


def test_visits_of_each_attribute_add_up_to_the_capacity(frontier: Frontier) -> None:
    sums: dict[tuple[str, str], list[float]] = {}
    for part in frontier.visits:
        made = sums.setdefault((part.way, part.attribute), [0.0, 0.0, 0.0])
        for i, value in enumerate((part.per_list, part.share, part.change)):
            assert value is not None
            made[i] += value
    assert set(sums) == {(way.way, attribute) for way in frontier.ways for _, attribute in sums}
    for per_list, share, change in sums.values():
        assert (per_list, share, change) == (pytest.approx(12), pytest.approx(1), pytest.approx(0, abs=1e-9))


def test_differences_are_paired(frontier: Frontier) -> None:
    """The rule has the very same scores, so it differs by nothing, for sure; others differ."""
    same = next(way for way in frontier.ways if way.way == "recent_count")
    for figure, nothing in ((same.found_per_visit_change, 0.0), (same.ratio_change, 1.0)):
        assert figure.value == figure.lower == figure.upper == nothing
    near = next(way for way in frontier.ways if way.way == "depth_25")
    change, own = near.ratio_change, near.ratio
    assert change.lower is not None
    assert change.upper is not None
    assert own.lower is not None
    assert own.upper is not None
    assert change.lower < (change.value or 0) < change.upper
    assert change.upper / change.lower < own.upper / own.lower, "nearly the same list: nearly the same luck"


def test_what_evens_out_does_so_and_the_sweep_goes_there(frontier: Frontier) -> None:
    def far(way: str) -> float:
        return abs(np.log(next(one.ratio.value for one in frontier.ways if one.way == way) or 1.0))

    assert far("even") < far("lightgbm")
    assert far("lightgbm") > far("depth_50") > far("depth_100") or far("depth_100") < 0.1


def test_it_is_the_same_whenever_it_is_measured(tmp_path: Path) -> None:
    given = with_mitigation(evaluated(tmp_path))
    one, other = (measure_frontier(given, POLICY, NOT_KNOWN) for _ in range(2))
    assert one is not None
    assert other is not None
    assert one.digest == other.digest


def test_a_rule_that_wins_is_swept_itself(tmp_path: Path) -> None:
    given = with_mitigation(evaluated(tmp_path, baseline_wins=True))
    frontier = measure_frontier(given, POLICY, NOT_KNOWN)
    assert frontier is not None
    assert (frontier.champion, frontier.swept) == ("recent_count", "recent_count")
    assert frontier.ways[0].kind == "champion"


def test_a_forecast_has_none(tmp_path: Path) -> None:
    city = evaluated(tmp_path, counts=True)
    assert measure_frontier(read_given(city.spec, city.evaluation, city.blobs), POLICY, NOT_KNOWN) is None


def test_each_way_says_whom_it_is_for_what_it_is_worst_at_and_on_how_many_visits(frontier: Frontier) -> None:
    by_kind = {way.kind: way for way in frontier.ways}
    assert by_kind["rule"].attribute is None
    assert (by_kind["mitigation"].attribute, by_kind["sweep"].attribute) == ("income", frontier.attribute)
    champion = frontier.ways[0]
    assert champion.widest == champion.ratio, "the pair that is watched is what the champion is worst at"
    assert (champion.widest_attribute, champion.widest_group) == (frontier.attribute, frontier.group)
    for way in frontier.ways:
        assert way.found_per_visit.n == 12 * 51
        assert (
            abs(np.log(way.widest.value or 0)) >= abs(np.log(way.ratio.value or 0)) or way.widest != way.ratio
        )


def test_places_of_one_area_are_one_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two areas (even and odd units): draws are (a, a), (a, b), (b, b); Student's t has one degree."""
    city = evaluated(tmp_path, missed=0.8)
    monkeypatch.setattr(Given, "clusters", np.arange(60) % 2)
    made = measure_frontier(with_mitigation(city), POLICY, NOT_KNOWN)
    assert made is not None
    unit, day, score, label = (np.asarray(city.rows[name]) for name in ("unit", "day", "score", "label"))
    chosen = np.zeros(len(unit), dtype=bool)
    for one in range(51):
        at = np.flatnonzero(day == one)
        chosen[at[np.argsort(-score[at])[:12]]] = True
    selected, found = (np.bincount(unit[chosen] % 2, weight[chosen]) for weight in (chosen * 1.0, label))
    spread = np.std([(found @ times) / (selected @ times) for times in ([2, 0], [1, 1], [1, 1], [0, 2])])
    figure, level = made.ways[0].found_per_visit, POLICY.tolerances.confidence_level
    assert figure.lower is not None
    half = spread * np.sqrt(2) * stats.t.ppf((1 + level) / 2, 1)
    assert (figure.value or 0) - figure.lower == pytest.approx(half, rel=0.1)


def _reporting(odd: float, spread: float = 0.0) -> AreaReporting:
    """Areas of odd number report at ``odd`` times the rate of the others, 0.05 a day; a problem lasts 120."""
    rates = 0.05 * odd ** (np.arange(AREAS) % 2)
    draws = rates * np.exp(spread * np.random.default_rng(1).standard_normal((1000, 1)))
    names = tuple(f"A{area:02d}" for area in range(AREAS))
    return AreaReporting(names, AreaRates(draws[:, :, None], np.full((AREAS, 1), 50.0)), 120)


def test_against_need_every_report_found_counts_as_the_problems_it_stands_for(tmp_path: Path) -> None:
    city = evaluated(tmp_path, missed=0.8)
    given = with_mitigation(city)
    made = measure_frontier(given, POLICY, _reporting(0.3))
    assert made is not None
    assert made.life_days == 120
    unit, day, score, label = (np.asarray(city.rows[name]) for name in ("unit", "day", "score", "label"))
    chosen = np.zeros(len(unit), dtype=bool)
    for one in range(51):
        at = np.flatnonzero(day == one)
        chosen[at[np.argsort(-score[at])[:12]]] = True
    share = np.where(unit % 2, 0.015 / (0.015 + 1 / 120), 0.05 / (0.05 + 1 / 120))
    champion = made.ways[0]
    assert champion.need_per_visit is not None
    assert champion.need_per_visit.value == pytest.approx((label / share)[chosen].sum() / (12 * 51))
    assert champion.need_per_visit.n == champion.found_per_visit.n
    known = measure_frontier(given, POLICY, NOT_KNOWN)
    assert known is not None
    for way, same in zip(made.ways, known.ways, strict=True):
        assert way.model_copy(update={"need_per_visit": None, "need_ratio": None}) == same
        assert way.need_ratio is not None
        assert way.need_ratio.n == way.ratio.n


def test_where_all_report_alike_need_says_the_same_of_groups(tmp_path: Path) -> None:
    made = measure_frontier(with_mitigation(evaluated(tmp_path, missed=0.8)), POLICY, _reporting(1.0))
    assert made is not None
    share = 0.05 / (0.05 + 1 / 120)
    for way in made.ways:
        assert way.need_ratio is not None
        assert way.need_per_visit is not None
        assert way.need_ratio.value == pytest.approx(way.ratio.value, rel=1e-3)
        assert way.need_per_visit.value == pytest.approx((way.found_per_visit.value or 0) / share)


def test_what_is_not_known_about_reporting_widens_what_is_said_of_need(tmp_path: Path) -> None:
    given = with_mitigation(evaluated(tmp_path, missed=0.8))

    def half(spread: float) -> float:
        made = measure_frontier(given, POLICY, _reporting(0.3, spread))
        assert made is not None
        figure = made.ways[0].need_per_visit
        assert figure is not None
        assert figure.value is not None
        assert figure.lower is not None
        return figure.value - figure.lower

    assert half(0.5) > 1.5 * half(0.0) > 0


def test_without_rates_nothing_is_said_of_need(frontier: Frontier) -> None:
    assert frontier.life_days is None
    assert all(way.need_per_visit is None and way.need_ratio is None for way in frontier.ways)


def test_need_says_nothing_where_what_leads_counts_no_cases(tmp_path: Path) -> None:
    city = evaluated(tmp_path, missed=0.8, spec={"intervention": "punitive"})
    made = measure_frontier(with_mitigation(city), POLICY, _reporting(0.3))
    assert made is not None
    assert made.metric == "false_positive_rate"
    assert made.life_days is None


@pytest.mark.parametrize(("ratio", "times"), [(0.5, 2), (2.0, 2), (1.0, 1), (0.0, np.inf), (None, np.inf)])
def test_a_ratio_is_as_far_from_1_below_as_above(ratio: float | None, times: float) -> None:
    item = SimpleNamespace(ratio=SimpleNamespace(value=ratio))
    assert _distance(item) == pytest.approx(np.log(times))  # type: ignore[arg-type]

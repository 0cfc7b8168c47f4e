from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from civic_ai.core.errors import ConfigError, DataError
from civic_ai.panel.case_findings import (
    find_case_oddities,
    outcomes_thin_out,
    refuse_useless,
    yearly_means,
)  # fmt: skip
from civic_ai.records.findings import say_finding
from civic_ai.records.snapshot import Finding
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import (
    EVENT,
    UNIT,
    at,
    case_spec,
    duration_spec,
    few_cases,
    made_cases,
    parts_of,
    with_cases,
)  # fmt: skip
from tests.unit.panel.cities import City, lenient


def findings_of(city: City, blobs: Blobs) -> dict[str, Finding]:
    found = find_case_oddities(parts_of(city, blobs))
    assert all(str(say_finding(finding)) for finding in found)
    return {finding.code: finding for finding in found}


def test_a_clean_city_is_only_told_of_what_was_over_early(blobs: Blobs) -> None:
    assert set(findings_of(made_cases(7), blobs)) == {"over_before_list"}


def test_what_was_over_before_its_list_is_told_with_its_share(blobs: Blobs) -> None:
    weekly = findings_of(made_cases(7), blobs)["over_before_list"]
    assert weekly.severity == "warning"
    assert 0.2 < (weekly.share or 0) < 0.6
    daily = made_cases(7).with_spec(as_of={**case_spec()["as_of"], "every_days": 1})
    assert (findings_of(daily, blobs)["over_before_list"].share or 0) < (weekly.share or 0) / 3


@pytest.mark.parametrize(
    ("row", "spec", "code"),
    [
        ({"came_at": at(3), "case_id": None}, {}, "unnamed_cases"),
        ({"came_at": None}, {}, "rows_without_known_at"),
        ({"came_at": at(3)}, {"unit": {**UNIT, "due_on": "due_on"}}, "cases_without_due_on"),
        ({"came_at": at(3), "closed_at": at(2)}, {}, "ended_before_start"),
        ({"came_at": at(3), "area_id": "nowhere"}, {}, "cases_outside_areas"),
        ({"came_at": at(3), "area_id": None}, {}, "cases_outside_areas"),
    ],
)
def test_rows_that_cannot_be_used_are_counted(
    row: dict[str, Any], spec: dict[str, Any], code: str, blobs: Blobs
) -> None:
    sound = [{"came_at": at(3), "due_on": at(9).date()} for _ in range(3)]
    found = findings_of(
        few_cases(*sound, row, row, {"came_at": at(400), "due_on": at(9).date()}, **spec), blobs
    )
    assert found[code].count == 2


def test_repeated_names_are_told(blobs: Blobs) -> None:
    rows = [{"came_at": at(3)} for _ in range(100)]
    found = findings_of(few_cases(*rows, {"came_at": at(3), "case_id": "c7"}), blobs)
    assert found["repeated_cases"].count == 1


def test_outcomes_left_out_are_told(blobs: Blobs) -> None:
    label = {**EVENT, "while_open": "left_out"}
    found = findings_of(made_cases(7).with_spec(label=label), blobs)["outcome_not_known"]
    assert found.severity == "warning"
    assert found.count


def test_an_extract_without_open_cases_is_a_problem(blobs: Blobs) -> None:
    found = findings_of(made_cases(7, hidden=True).with_spec(**duration_spec()), blobs)["open_cases_missing"]
    assert (found.severity, found.count) == ("problem", 0)
    assert int(found.values["expected"]) > 20


def shifted(city: City, year: int, factor: float) -> City:
    """Cases that came in since a year are over later by a factor."""

    def change(row: dict[str, Any]) -> dict[str, Any]:
        if row["came_at"].year < year or row["closed_at"] is None:
            return row
        days = (row["closed_at"] - row["came_at"]) * factor
        return {**row, "closed_at": row["came_at"] + days, "late": days > timedelta(days=10)}

    return with_cases(city, change)


def test_an_outcome_that_changes_its_meaning_between_years_is_told(blobs: Blobs) -> None:
    """Years begin with the first as-of date here, so two of them need earlier dates."""
    as_of = {"first": at(-147).date(), "last": at(203).date(), "every_days": 7}
    city = made_cases(8).with_spec(as_of=as_of)
    rare = with_cases(city, lambda row: {**row, "late": row["late"] and row["came_at"].year == 2020})
    label = {**EVENT, "while_open": "negative"}
    assert "label_rate_changes" not in findings_of(city.with_spec(label=label), blobs)
    found = findings_of(rare.with_spec(label=label), blobs)["label_rate_changes"]
    assert (found.values["lowest_year"], found.values["highest_year"]) == (2019, 2020)
    assert found.values["lowest"] == 0


def test_times_that_change_between_years_are_told(blobs: Blobs) -> None:
    as_of = {"first": at(-147).date(), "last": at(203).date(), "every_days": 7}
    label = {**duration_spec()["label"], "horizon_days": 60}
    city = made_cases(8).with_spec(**duration_spec(as_of=as_of, label=label))
    assert "duration_changes" not in findings_of(city, blobs)
    found = findings_of(shifted(city, 2020, 40), blobs)
    assert found["duration_changes"].values["highest_year"] == 2020


def test_a_year_is_told_by_the_cases_whose_horizon_was_over(blobs: Blobs) -> None:
    parts = parts_of(made_cases(8), blobs)
    [(year, mean)] = yearly_means(parts).items()
    known = parts.label.values[parts.label.values >= 0]
    assert year == 2020
    assert mean == pytest.approx(known.mean())


def test_features_that_are_hardly_known_are_told(blobs: Blobs) -> None:
    city = with_cases(made_cases(7, per_day=1), lambda row: {**row, "size": None})
    found = findings_of(city, blobs)["mostly_unknown"]
    assert (found.column, found.values["percent"]) == ("size", 100.0)


def test_windows_longer_than_the_history_are_told(blobs: Blobs) -> None:
    block = {"from": "cases", "count_days": [364]}
    city = made_cases(7, per_day=1).with_spec(features=[block])
    assert findings_of(city, blobs)["short_history"].values["days"] == 364 - 150 - 1


def test_an_end_at_which_outcomes_thin_out_is_doubtful(blobs: Blobs) -> None:
    as_of = {**case_spec()["as_of"], "last": at(7 * 37).date()}
    city = made_cases(7).with_spec(as_of=as_of)
    assert not outcomes_thin_out(parts_of(city, blobs))
    late = at(263)

    def forget(row: dict[str, Any]) -> dict[str, Any]:
        is_late = row["closed_at"] is not None and row["closed_at"] > late
        return {**row, "closed_at": None, "late": None} if is_late else row

    assert outcomes_thin_out(parts_of(with_cases(city, forget), blobs))
    assert not outcomes_thin_out(parts_of(with_cases(made_cases(7), forget), blobs))


def refuse(city: City, blobs: Blobs, **limits: Any) -> None:
    refuse_useless(parts_of(city, blobs), lenient(**limits))


def test_a_sound_city_is_not_refused(blobs: Blobs) -> None:
    refuse(made_cases(7), blobs)
    refuse(made_cases(7).with_spec(**duration_spec()), blobs)


@pytest.mark.parametrize(("late", "percent"), [(True, r"100\.0"), (False, r"0\.")])
def test_an_outcome_that_hardly_varies_cannot_be_learned(late: bool, percent: str, blobs: Blobs) -> None:
    """A field that looks like a label may be true of almost every case."""
    city = with_cases(made_cases(7, per_day=20), lambda row: {**row, "late": late or row["size"] == 1.23})
    label = {**EVENT, "while_open": "positive" if late else "negative"}
    with pytest.raises(
        DataError, match=rf"of \d+ cases with a known outcome \d+ count \({percent}"
    ) as raised:
        refuse(city.with_spec(label=label), blobs)
    assert "differs from case to case" in str(raised.value)


def test_too_few_to_learn_from_are_refused(blobs: Blobs) -> None:
    with pytest.raises(DataError, match=r"the first split has \d+ events to learn from; it takes 5000"):
        refuse(made_cases(7), blobs, training_events=5000)


def test_what_is_not_final_at_the_first_cutoff_cannot_be_learned_from(blobs: Blobs) -> None:
    rows = [{"came_at": at(80 + i / 100), "closed_at": at(95), "late": i < 25} for i in range(50)]
    with pytest.raises(DataError, match="the first split has 0 events"):
        refuse(few_cases(*rows, {"came_at": at(400)}), blobs)


def test_nothing_known_is_refused(blobs: Blobs) -> None:
    city = few_cases({"came_at": at(3)}, {"came_at": at(9)})
    with pytest.raises(DataError, match="no outcome is known of any of the 2 cases"):
        refuse(city, blobs)


def test_whoever_visits_all_needs_no_list(blobs: Blobs) -> None:
    who = {"units_per_period": 1000, "who": "a crew"}
    with pytest.raises(ConfigError, match="1000 visits reach all cases of the longest list"):
        refuse(made_cases(7).with_spec(capacity=who), blobs)
    refuse(made_cases(7).with_spec(capacity=who, unit={**UNIT, "due_on": "due_on"}), blobs)

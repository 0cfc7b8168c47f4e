"""Planted leaks are found in their form and place; clean cities raise no alarm; seeds are fresh each run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pytest

from civic_ai.panel.case_leaks import make_outcomes, moved, search_case_leaks, settled_later
from civic_ai.panel.cases import build_case_panel
from civic_ai.panel.leakage import Search
from civic_ai.store.blobs import Blobs
from tests.unit.panel.case_city import (
    AROUND,
    OWN,
    SOURCES,
    at,
    case_spec,
    duration_spec,
    few_cases,
    made_cases,
    parts_of,
    with_cases,
    with_column,
)  # fmt: skip
from tests.unit.panel.cities import City, lenient

Row = dict[str, Any]
MISSING = {"type": "number", "blank": "missing"}
KINDS = {"event": case_spec, "duration": duration_spec}


def fresh_seed() -> int:
    return int(np.random.SeedSequence().generate_state(1)[0])


def search(city: City, blobs: Blobs) -> Search:
    contracts = {name: table.contract() for name, table in city.tables.items()}
    return search_case_leaks(parts_of(city, blobs), contracts, lenient())


def to_the_end(made: Callable[..., dict[str, Any]] = case_spec, **parts: Any) -> dict[str, Any]:
    """Lists up to the end of the extract, so that some cases are still open."""
    return made(**parts, as_of={**case_spec()["as_of"], "last": at(7 * 38).date()})


def planted(city: City, kind: Any, of: Callable[[Row], Any], spec: Callable[..., dict[str, Any]]) -> City:
    """One more column of the cases, named without a hint, and used as a feature."""
    form = "categories" if (kind if isinstance(kind, str) else kind["type"]) == "text" else "columns"
    block = {"from": "cases", form: ["x"]}
    return with_column(city, "x", kind, of).with_spec(**spec(features=[*OWN, *AROUND, block]))


def waited(row: Row) -> float | None:
    return None if row["closed_at"] is None else (row["closed_at"] - row["came_at"]).total_seconds()


PLANTED: Mapping[str, tuple[str, Any, Callable[[Row], Any]]] = {
    "the time it took": ("single_feature", MISSING, waited),
    "the time it took, where it was short": (
        "single_feature", MISSING, lambda row: waited(row) if row["size"] and row["size"] < 3 else None),
    "fees of the late ones": (
        "one_outcome_only", MISSING, lambda row: 1.0 if row["late"] and row["kind"] != "tree" else None),
    "a word that is only written at the end": (
        "changes_with_outcome", "text", lambda row: "open" if row["closed_at"] is None else "done"),
    "a code with many values": (
        "single_feature", "text", lambda row: "KL"[row["late"] is not False] + row["case_id"][-1]),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_found_in_its_form_and_nothing_else_is_blamed(name: str, blobs: Blobs) -> None:
    form, kind, of = PLANTED[name]
    seed = fresh_seed()
    found = search(planted(made_cases(seed), kind, of, to_the_end), blobs)
    assert (form, "x") in {(leak.form, leak.column) for leak in found.leaks}, f"seed {seed}: {found.leaks}"
    assert {leak.column for leak in found.leaks} == {"x"}, f"seed {seed}: {found.leaks}"
    assert found.leaks_found == len(found.leaks)


@pytest.mark.parametrize("name", ["the time it took", "a word that is only written at the end"])
def test_leaks_of_durations_are_found_too(name: str, blobs: Blobs) -> None:
    form, kind, of = PLANTED[name]
    seed = fresh_seed()
    found = search(planted(made_cases(seed), kind, of, partial(to_the_end, made=duration_spec)), blobs)
    assert (form, "x") in {(leak.form, leak.column) for leak in found.leaks}, f"seed {seed}: {found.leaks}"


@pytest.mark.parametrize("kind", KINDS)
def test_clean_cities_raise_no_alarm(kind: str, blobs: Blobs) -> None:
    for _ in range(4):
        seed = fresh_seed()
        found = search(made_cases(seed).with_spec(**KINDS[kind]()), blobs)
        assert found.leaks == (), f"seed {seed}"
        assert found.leaks_found == 0


HONEST: Mapping[str, tuple[Any, Callable[[Row], Any]]] = {
    "a number that grows with time": ("number", lambda row: row["came_at"].timestamp()),
    "filled in since a year": (MISSING, lambda row: 1.0 if row["came_at"].year == 2020 else None),
    "filled in for some kinds": (MISSING, lambda row: row["size"] if row["kind"] == "tree" else None),
    "hardly ever filled in": (MISSING, lambda row: 1.0 if int(row["case_id"][1:]) % 97 == 0 else None),
    "a kind that takes long": ("text", lambda row: "long" if row["kind"] == "tree" else "short"),
}


@pytest.mark.parametrize("name", HONEST)
def test_what_looks_like_a_leak_but_is_none_is_not_blamed(name: str, blobs: Blobs) -> None:
    kind, of = HONEST[name]
    seed = fresh_seed()
    assert search(planted(made_cases(seed), kind, of, case_spec), blobs).leaks == (), f"seed {seed}"


def test_what_contracts_say_is_found(blobs: Blobs) -> None:
    city = made_cases(3)
    areas = city.tables["areas"].with_column("done", {"type": "number", "known": "afterwards"}, [1.0] * 6)
    city = city.with_table("areas", areas).with_spec(features=[{"from": "areas", "columns": ["done"]}])
    assert [(leak.form, leak.column) for leak in search(city, blobs).leaks] == [
        ("known_afterwards", "areas.done")
    ]


def test_a_mean_of_what_the_contract_says_is_known_afterwards_is_found(blobs: Blobs) -> None:
    """Also on the cases' own source, where nothing else would tell: it is a mean over other cases."""
    kind = {"type": "number", "blank": "missing", "known": "afterwards"}
    city = with_column(made_cases(3), "fee", kind, lambda row: row["size"])
    block = {"from": "cases", "trailing_days": [7], "mean": ["fee"]}
    found = search(city.with_spec(features=[*OWN, block]), blobs)
    assert [(leak.form, leak.column) for leak in found.leaks] == [("known_afterwards", "cases.fee")]


def test_rows_that_come_with_their_outcome_are_counted_by_it_without_blame(blobs: Blobs) -> None:
    sources = {**SOURCES, "cases": {**SOURCES["cases"], "known_at": "closed_at"}}
    block = {"from": "cases", "where": "late == True", "count_days": [28]}
    city = made_cases(3, hidden=True).with_spec(sources=sources, features=[*OWN, block])
    assert "known_afterwards" not in {leak.form for leak in search(city, blobs).leaks}


def test_a_duration_of_rows_chosen_afterwards_is_a_leak(blobs: Blobs) -> None:
    label = {**duration_spec()["label"], "where": "late == True"}
    found = search(made_cases(3).with_spec(**duration_spec(label=label)), blobs).leaks
    assert ("label_known_afterwards", "cases.late") in {(leak.form, leak.column) for leak in found}


def test_a_row_written_later_than_it_says_is_found_but_its_outcome_may_come_later(blobs: Blobs) -> None:
    """Only closed cases were handed over: the day of closing is declared, the day of writing is not."""
    city = made_cases(3, hidden=True)
    assert search(city, blobs).leaks == ()
    written = with_column(city, "written_at", "timestamp", lambda row: row["closed_at"])
    assert [(leak.form, leak.column) for leak in search(written, blobs).leaks] == [
        ("written_later", "cases.written_at")
    ]


def test_where_too_little_happens_the_search_says_that_it_cannot_tell(blobs: Blobs) -> None:
    rows = [{"came_at": at(3), "closed_at": at(12), "late": i < 20} for i in range(60)]
    found = search(few_cases(*rows, {"came_at": at(400)}), blobs)
    assert (found.leaks, found.leaks_found) == ((), None)
    assert found.findings[0].values == {"needed": 30, "found": 20}


def test_a_long_duration_is_one_above_the_median(blobs: Blobs) -> None:
    parts = parts_of(made_cases(3).with_spec(**duration_spec()), blobs)
    left, whole = make_outcomes(parts)
    from_start = parts.label.values - parts.reserved["baseline_arrival"]
    for outcome, times in ((left, parts.label.values), (whole, from_start)):
        assert 0.2 < outcome.happened.mean() < 0.8
        days = times[outcome.rows]
        assert days[outcome.happened].max() < days[~outcome.happened].min()


def test_a_leak_stands_in_the_manifest(blobs: Blobs) -> None:
    city = planted(made_cases(3), MISSING, waited, case_spec)
    manifest = build_case_panel(*city.seal(blobs), lenient(), blobs)
    assert manifest.leaks_found == len(manifest.leaks) > 0
    clean = with_cases(city, lambda row: {**row, "x": row["size"]})
    assert build_case_panel(*clean.seal(blobs), lenient(), blobs).leaks_found == 0


def test_recent_cases_are_less_settled_or_that_is_chance() -> None:
    recent = np.arange(1000) >= 500
    assert settled_later(~recent | (np.arange(1000) % 10 > 0), recent) == pytest.approx(0.1)
    assert settled_later(np.arange(1000) % 10 > 0, recent) is None
    assert settled_later(np.ones(1000, dtype=bool), recent) is None
    assert settled_later(recent, recent) is None
    assert settled_later(recent, recent | True) is None


def test_how_far_a_column_moved() -> None:
    values, recent = np.array([1.0, 2.0, 3.0, -np.inf, 2.0, 3.0]), np.arange(6) >= 3
    assert moved(values, recent) == pytest.approx(1 / 3)
    assert moved(values, np.array([0, 1, 0, 1, 0, 1], dtype=bool)) == pytest.approx(1 / 3)

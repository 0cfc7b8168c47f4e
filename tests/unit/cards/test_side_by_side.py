"""Two dossiers beside each other: their own facts, and no difference that chance could make."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from civic_ai.cards.pictures.picture import Table
from civic_ai.cards.sealed import Sealed, read_sealed
from civic_ai.cards.side_by_side import PARTS, SideBySide, side_of
from tests.unit.cards.made_city import City
from tests.unit.web.made_dossier import sealed_city

MEASURED_OTHERWISE = "Not comparable: it was measured otherwise"


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Where the model wins, and where the rule wins and groups are served unequally."""
    cities = {"model": City(), "rule": City(winner="rule", groups="unequal", locale="pt-BR")}
    return {
        name: sealed_city(tmp_path_factory.mktemp(name), city, lambda audience, language: "")
        for name, city in cities.items()
    }


@pytest.fixture(scope="module")
def model(folders: dict[str, Path]) -> Sealed:
    return read_sealed(folders["model"], "board")


@pytest.fixture(scope="module")
def rule(folders: dict[str, Path]) -> Sealed:
    return read_sealed(folders["rule"], "board")


def beside(left: Sealed, right: Sealed, language: str = "en") -> SideBySide:
    return SideBySide(side_of("one", left, language), side_of("two", right, language))


def told(table: Table) -> dict[str, tuple[str, ...]]:
    return {plain(row[0]): tuple(map(plain, row[1:])) for row in table.rows}


def plain(cell: str) -> str:
    return re.sub(r"<[^>]*>", " ", cell).replace("  ", " ").strip()


def test_the_same_dossier_twice_differs_in_nothing(model: Sealed) -> None:
    both = beside(model, model)
    assert both.differ_in == ()
    assert both.gates_apart == ()
    for table in (both.about(), both.figures(), both.gates(), both.data(), both.groups()):
        assert table.rows
        assert all(row[1] == row[2] for row in table.rows)
    said = {row[3] for table in (both.figures(), both.groups()) for row in table.rows}
    assert said <= {"None: the figure is the same", "Not known: one of them has no interval"}


def test_gates_whose_verdicts_differ_come_first(model: Sealed, rule: Sealed) -> None:
    both = beside(model, rule)
    verdicts = [{check.gate: check.verdict for check in one.gates.checks} for one in (model, rule)]
    apart = {gate for gate in verdicts[0] if verdicts[0][gate] != verdicts[1][gate]}
    assert set(both.gates_apart) == apart != set()
    asks = {gate.id: gate.asks.in_language("en") for gate in model.records.policy.gates}
    rows = list(told(both.gates()))
    assert {*rows[: len(apart)]} == {asks[gate] for gate in apart}
    assert len(rows) == len(asks)


def test_each_side_is_written_as_its_own_place_does(model: Sealed, rule: Sealed) -> None:
    (lift,) = [
        row for row in beside(model, rule).figures().rows if row[0] == "Gain over the simple rule, in times"
    ]
    assert f'value="{model.facts["evaluation.lift_over_best_baseline.value"]}"' in lift[1]
    assert f'value="{rule.facts["evaluation.lift_over_best_baseline.value"]}"' in lift[2]


def shifted(sealed: Sealed, by: float) -> Sealed:
    """The same with another gain over the rule."""
    name = "evaluation.lift_over_best_baseline"
    new = {
        f"{name}.{part}": float(str(sealed.facts[f"{name}.{part}"])) + by
        for part in ("value", "lower", "upper")
    }
    return replace(sealed, facts={**sealed.facts, **new})


@pytest.mark.parametrize(
    ("by", "says"),
    [
        (10.0, "Higher, by more than chance"),
        (-10.0, "Lower, by more than chance"),
        (0.0001, "The difference is too small to tell"),
    ],
)
def test_higher_or_lower_only_where_intervals_lie_apart(model: Sealed, by: float, says: str) -> None:
    rows = told(beside(model, shifted(model, by)).figures())
    assert rows["Gain over the simple rule, in times"][2] == says


@pytest.mark.parametrize("part", list(PARTS))
def test_what_is_measured_otherwise_is_not_compared(model: Sealed, part: str) -> None:
    spec = model.records.spec.model_copy(update={part: "another"})
    other = replace(model, records=replace(model.records, spec=spec))
    both = beside(model, shifted(other, 10.0))
    assert both.differ_in == (PARTS[part],)
    said = {row[3] for table in (both.figures(), both.groups()) for row in table.rows}
    assert said == {MEASURED_OTHERWISE}


def test_a_hidden_figure_is_not_compared(model: Sealed) -> None:
    name = "evaluation.lift_over_best_baseline.value"
    hidden = replace(model, facts={**model.facts, name: "suppressed"})
    rows = told(beside(model, hidden).figures())["Gain over the simple rule, in times"]
    assert rows[2] == "Not known: one of them is hidden"
    assert str(model.facts[name]) not in rows[1]


def test_what_one_side_has_alone_says_so(model: Sealed) -> None:
    records = model.records
    less = records.snapshot.model_copy(update={"sources": records.snapshot.sources[1:]})
    audit = records.audit.model_copy(update={"disparities": ()})
    *_, gone = (check for check in model.gates.checks if check.verdict == "pass")
    kept = tuple(check for check in model.gates.checks if check != gone)
    fewer = model.gates.model_copy(update={"checks": kept})
    other = replace(model, records=replace(records, snapshot=less, audit=audit), gates=fewer)
    both = beside(model, other)
    assert told(both.data())[records.snapshot.sources[0].name][1] == "Not there"
    assert {row[1] for row in told(both.groups()).values()} == {"Not asked"}
    assert both.gates_apart == (gone.gate,)
    assert next(iter(told(both.gates()).values()))[1] == "Not asked"


def test_the_public_sees_no_figure_that_the_public_records_hide(folders: dict[str, Path]) -> None:
    board, public = (read_sealed(folders["rule"], audience) for audience in ("board", "public"))
    numbers = re.compile(r'data-fact="([\w.]+)"[^>]* value="([^"]+)"')
    both = beside(public, public)
    shown = " ".join(
        str(cell)
        for table in (both.about(), both.figures(), both.gates(), both.data(), both.groups())
        for row in table.rows
        for cell in row
    )
    found = numbers.findall(shown)
    known = {**public.facts, **both.left.tell.facts}
    assert found
    assert all(str(known[name]) == value for name, value in found)
    assert board.facts != public.facts


def test_it_is_told_in_each_language(model: Sealed, rule: Sealed) -> None:
    about = {language: told(beside(model, rule, language).about()) for language in ("en", "es", "pt")}
    assert "¿Qué calles necesitarán bacheo el próximo mes?" in next(iter(about["es"].values()))
    assert "Quais ruas vão precisar de reparo no próximo mês?" in next(iter(about["pt"].values()))

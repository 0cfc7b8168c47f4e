from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.afterwards import is_afterwards, known_too_late
from civic_ai.data.contract import load_contracts
from civic_ai.pilot.load import load_pilot
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.contract import ColumnContract
from tests.unit.data.cases_pilot import case_folder
from tests.unit.data.cities import contract


@pytest.mark.parametrize(
    ("column", "afterwards"),
    [
        ({"type": "text"}, False),
        ({"type": "text", "blank": "missing"}, False),
        ({"type": "text", "known": "afterwards"}, True),
        ({"type": "timestamp", "blank": "not_yet"}, True),
    ],
)
def test_a_column_is_known_afterwards_by_either_word(column: dict[str, Any], afterwards: bool) -> None:
    assert is_afterwards(ColumnContract.model_validate(column)) is afterwards


@pytest.mark.parametrize(
    ("old", "new", "about", "says"),
    [
        ("columns: [size]", "columns: [late]", "features[0]", "late is only known afterwards: the label"),
        ("columns: [size]", "columns: [fee]", "features[0]", "fee is only known afterwards: the contract"),
        ("columns: [size]", "categories: [late]", "features[0]", "late is only known afterwards: the label"),
        (
            "columns: [size]",
            "trailing_days: [7], mean: [fee]",
            "features[0]",
            "fee is only known afterwards: the contract",
        ),
        ("columns: [size]", "trailing_days: [7], sum: [late]", "features[0]", "the label looks at it"),
        ("columns: [size]", "count_days: [7], where: late == True", "features[0]", "the label looks at it"),
        ("rate_by: kind", "rate_by: closed_at", "models.rate_by", "when the outcome was known"),
        ("observer: office", "observer: late", "audit.observer", "late is only known afterwards: the label"),
        ("observer: office", "observer: fee", "audit.observer", "Who makes the record must be known before"),
    ],
)
def test_a_pilot_may_not_look_at_what_is_known_afterwards(
    tmp_path: Path, old: str, new: str, about: str, says: str
) -> None:
    folder = case_folder(tmp_path / "p", {old: new})
    with pytest.raises(ConfigError) as caught:
        load_contracts(load_pilot(folder, {}))
    [mistake] = caught.value.mistakes
    line = next(
        i for i, text in enumerate((folder / "pilot.yaml").read_text().splitlines(), 1) if new in text
    )
    assert (mistake.about, says in mistake.text()) == (about, True), mistake.text()
    assert mistake.place is not None
    assert (mistake.place.file.endswith("pilot.yaml"), mistake.place.line) == (True, line)


def test_what_is_known_on_the_day_passes(tmp_path: Path) -> None:
    assert set(load_contracts(load_pilot(case_folder(tmp_path / "p"), {}))) == {"requests", "areas"}


def test_rows_that_come_with_their_outcome_may_be_counted_by_it(tmp_path: Path) -> None:
    changes = {
        "columns: [size]": "count_days: [7], where: late == True",
        "known_at: created_at": "known_at: closed_at",
        "closed_at: {type: timestamp, blank: not_yet}": "closed_at: {type: timestamp}",
    }
    assert load_contracts(load_pilot(case_folder(tmp_path / "p", changes), {}))


def test_units_that_are_places_have_no_row_of_their_own(tmp_path: Path) -> None:
    spec: PilotSpec = load_pilot(case_folder(tmp_path / "p", {"columns: [size]": "columns: [fee]"}), {}).spec
    promise = contract({"fee": {"type": "number", "known": "afterwards"}})
    assert known_too_late(spec, promise)
    places = spec.model_copy(update={"unit": spec.unit.model_copy(update={"case": ()})})
    assert known_too_late(places, promise) == []

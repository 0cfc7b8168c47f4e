from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.contract import load_contracts
from civic_ai.pilot.load import load_pilot
from tests.unit.data.cases_pilot import CELLS, COUNTS, DURATIONS, case_folder
from tests.unit.data.cities import PILOT, REQUESTS_CONTRACT, pilot_folder

KIND = "kind: {type: text, allowed"


def refuse(folder: Path, old: str, new: str) -> dict[str, tuple[int, str]]:
    """The line in pilot.yaml and the text of each mistake, when the contract or the pilot is changed."""
    pilot_folder(folder)
    contract = folder / "contracts" / "requests.yaml"
    contract.write_text(REQUESTS_CONTRACT.replace(old, new))
    (folder / "pilot.yaml").write_text(PILOT.replace(old, new))
    with pytest.raises(ConfigError) as caught:
        load_contracts(load_pilot(folder, {}))
    assert all(
        mistake.place and mistake.place.file.endswith("pilot.yaml") for mistake in caught.value.mistakes
    )
    return {m.about: (m.place.line or 0, m.text()) for m in caught.value.mistakes if m.place}


def line(fragment: str) -> int:
    return next(i for i, text in enumerate(PILOT.splitlines(), 1) if fragment in text)


@pytest.mark.parametrize(
    ("change", "about", "fragment", "says"),
    [
        (
            ("created_at: {type", "made: {type"),
            "sources.requests.known_at",
            "requests: {path",
            "called created_at",
        ),
        ((KIND, "sort: {type: text, allowed"), "label.where", "label:", "no column called kind"),
        (
            (KIND, "kind: {type: text, drop: true, allowed"),
            "label.where",
            "label:",
            "is dropped by its contract",
        ),
        (("  lat: {type", "  latitude: {type"), "unit.grid.lat", "unit:", "no column called lat"),
        (("kind == 'pothole'", "kind == 'Pothole'"), "label.where", "label:", "kind is never Pothole"),
        (("kind == 'pothole'", "kind in ['pothole', 'tree']"), "label.where", "label:", "kind is never tree"),
        (
            ("column: people", "column: person"),
            "audit.attributes.size",
            "size:",
            "Known here: area_id, people",
        ),
    ],
)
def test_what_the_pilot_uses_must_be_promised(
    tmp_path: Path, change: tuple[str, str], about: str, fragment: str, says: str
) -> None:
    found = refuse(tmp_path / "p", *change)
    assert found[about][0] == line(fragment)
    assert says in found[about][1]


def test_words_that_are_allowed_and_columns_without_a_list_pass(tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    text = PILOT.replace("kind == 'pothole'", "kind in ['pothole', 'light'] and area_id != 'nowhere'")
    (folder / "pilot.yaml").write_text(text)
    assert load_contracts(load_pilot(folder, {}))


def test_several_wrong_names_are_said_at_once(tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    text = PILOT.replace("column: people", "column: person").replace("kind == 'pothole'", "sort == 'pothole'")
    (folder / "pilot.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_contracts(load_pilot(folder, {}))
    assert {mistake.about for mistake in caught.value.mistakes} == {"label.where", "audit.attributes.size"}


CASE: Sequence[Mapping[str, str]] = ()


@pytest.mark.parametrize(
    ("question", "change", "about", "says"),
    [
        (
            CASE,
            {"case: [request_id]": "case: [kind, request_ids]"},
            "unit.case[1]",
            "Did you mean request_id?",
        ),
        (CASE, {"due_on: due_at": "due_on: due_att"}, "unit.due_on", "Did you mean due_at?"),
        (CASE, {"known_at: closed_at": "known_at: closed_att"}, "label.known_at", "Did you mean closed_at?"),
        (
            CASE,
            {"categories: [kind]": "categories: [zzz]"},
            "features[1].categories",
            "Known here: request_id",
        ),
        (CASE, {"rate_by: kind": "rate_by: kinds"}, "models.rate_by", "Did you mean kind?"),
        (CASE, {"observer: office": "observer: offices"}, "audit.observer", "Did you mean office?"),
        ((DURATIONS,), {"ended_at: closed_at": "ended_at: close_at"}, "label.ended_at", "mean closed_at?"),
        (
            (COUNTS,),
            {"types: {column: kind": "types: {column: kin"},
            "unit.types.column",
            "Did you mean kind?",
        ),
        (
            (COUNTS,),
            {"column: road_km": "column: road_kms"},
            "label.exposure.column",
            "Did you mean road_km?",
        ),
        ((COUNTS, CELLS), {"{lat: lat": "{lat: latt"}, "unit.hexagons.lat", "Did you mean lat?"),
        ((COUNTS, CELLS), {"lon: lon": "lon: long"}, "unit.hexagons.lon", "Did you mean lon?"),
    ],
)
def test_every_column_that_a_question_needs_must_be_promised(
    tmp_path: Path, question: Sequence[Mapping[str, str]], change: dict[str, str], about: str, says: str
) -> None:
    assert load_contracts(load_pilot(case_folder(tmp_path / "sound", *question), {}))
    folder = case_folder(tmp_path / "p", *question, change)
    with pytest.raises(ConfigError) as caught:
        load_contracts(load_pilot(folder, {}))
    [mistake] = caught.value.mistakes
    assert (mistake.about, says in mistake.text()) == (about, True), mistake.text()
    assert mistake.place is not None
    written = (folder / "pilot.yaml").read_text().splitlines()
    [new] = change.values()
    assert new in written[(mistake.place.line or 0) - 1]

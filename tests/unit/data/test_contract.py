from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.data.contract import load_contract, load_contracts
from civic_ai.pilot.load import load_pilot
from tests.unit.data.cities import REQUESTS_CONTRACT, pilot_folder

GOOD = """about: {en: Requests, es: Solicitudes}
publisher: A city
licence: CC0
checked_on: 2026-01-15
time_zone: America/Chicago
file: {delimiter: ";", encoding: latin-1, decimal: ",", thousands: ".", skip_lines: 2, blank_marks: [NA]}
columns:
  case_id: {type: text, header: CASE NUMBER, unique: true, personal: identifier}
  kind: {type: text, allowed: [pothole, light], renamed: {Pot hole: pothole}}
  day: {type: date, format: "%d/%m/%Y", min: "2019-01-01", max: "2020-12-31"}
  lat: {type: number, blank: missing, min: "-90", max: "90", distrust: ["0"]}
  notes: {type: text, drop: true}
  crew: {type: text, personal: none, why: Colours of crews}
unique: [[kind, day]]
freshness: {column: day, within_days: 30}
quarantine_share: 0.05
limits: {rows: 1000}
"""


LAT = 'lat: {type: number, blank: missing, min: "-90", max: "90"}'


def written(folder: Path, text: str) -> Path:
    path = folder / "contract.yaml"
    path.write_text(text)
    return path


def mistakes(folder: Path, text: str) -> dict[str, tuple[int | None, str]]:
    with pytest.raises(ConfigError) as caught:
        load_contract(written(folder, text), "c.yaml")
    assert all(
        mistake.place is not None and mistake.place.file == "c.yaml" for mistake in caught.value.mistakes
    )
    return {m.about: (m.place.line if m.place else None, m.text()) for m in caught.value.mistakes}


def test_a_whole_contract(tmp_path: Path) -> None:
    made = load_contract(written(tmp_path, GOOD), "c.yaml")
    assert made.columns["case_id"].header == "CASE NUMBER"
    assert (made.file.skip_lines, made.file.blank_marks, made.limits.rows) == (2, ("NA",), 1000)
    assert made.columns["kind"].renamed == {"Pot hole": "pothole"}


def test_every_mistake_is_said_with_its_line_at_once(tmp_path: Path) -> None:
    text = (
        GOOD.replace("America/Chicago", "America/Chicagoo")
        .replace("publisher:", "publicher:")
        .replace("within_days: 30", "within_days: -3")
        .replace("kind, day", "kin, day")
        .replace('min: "2019-01-01"', 'min: "2021-01-01"')
    )
    found = mistakes(tmp_path, text)
    assert {about: line for about, (line, _) in found.items()} == {
        "publicher": 2,
        "time_zone": 5,
        "columns.day.min": 10,
        "unique[0]": 14,
        "freshness.within_days": 15,
    }
    assert "Did you mean publisher?" in found["publicher"][1]
    assert "Did you mean kind?" in found["unique[0]"][1]


def test_an_unknown_key_of_a_column_names_the_one_that_was_meant(tmp_path: Path) -> None:
    found = mistakes(tmp_path, GOOD.replace("blank: missing", "blanck: missing"))
    assert "Did you mean blank?" in found["columns.lat.blanck"][1]


def test_the_contracts_of_a_pilot(tmp_path: Path) -> None:
    contracts = load_contracts(load_pilot(pilot_folder(tmp_path / "p"), {}))
    assert list(contracts) == ["requests", "areas"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("created_at: {type: timestamp}", "created_at: {type: timestamp, blank: missing}", "is 'known_at'"),
        ("created_at: {type: timestamp}", "created_at: {type: text}", "known_at needs date, not text"),
        (LAT, "lat: {type: text, blank: missing}", "the grid needs number, not text"),
    ],
)
def test_a_contract_must_fit_its_pilot(old: str, new: str, words: str, tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    (folder / "contracts" / "requests.yaml").write_text(REQUESTS_CONTRACT.replace(old, new))
    with pytest.raises(ConfigError, match=words) as caught:
        load_contracts(load_pilot(folder, {}))
    places = [str(mistake.place) for mistake in caught.value.mistakes]
    assert all("contracts/requests.yaml:" in place for place in places)


def test_mistakes_of_all_contracts_come_together(tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    for name in ("requests", "areas"):
        path = folder / "contracts" / f"{name}.yaml"
        path.write_text(path.read_text().replace("about:", "abuot:"))
    with pytest.raises(ConfigError) as caught:
        load_contracts(load_pilot(folder, {}))
    assert {str(mistake.place).split("/")[-1].split(":")[0] for mistake in caught.value.mistakes} == {
        "requests.yaml",
        "areas.yaml",
    }


def test_a_key_must_be_unique(tmp_path: Path) -> None:
    folder = pilot_folder(tmp_path / "p")
    path = folder / "contracts" / "areas.yaml"
    path.write_text(path.read_text().replace(", unique: true", ""))
    with pytest.raises(ConfigError, match="is the key of the source"):
        load_contracts(load_pilot(folder, {}))

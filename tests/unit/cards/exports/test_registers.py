"""Rows of registers: headers in their order, lengths and choices held, nothing cut off or made up."""

from __future__ import annotations

import csv
import io
import json

import pytest

from civic_ai.cards.exports.registers import REGISTERS, export_row, fill_row, load_register
from civic_ai.cards.pilot_record import STATUS_WORDS
from civic_ai.records.pilot_record import Decided
from civic_ai.records.register_map import RegisterMap
from civic_ai.records.text import Text
from tests.unit.cards.made_published import TOKENS, WALK, publish_made


def _row(name: str, texts: dict[str, str]) -> dict[str, str | None]:
    content = export_row(name, publish_made(texts))[f"{name}.{load_register(name).form}"].decode()
    if load_register(name).form == "json":
        row: dict[str, str | None] = json.loads(content)
        return row
    headers, cells = csv.reader(io.StringIO(content, newline=""))
    return dict(zip(headers, cells, strict=True))


@pytest.mark.parametrize("name", REGISTERS)
def test_every_column_stands_once_in_its_order(name: str) -> None:
    register = load_register(name)
    headers = [column.header for column in register.columns]
    assert len(set(headers)) == len(headers)
    assert list(_row(name, TOKENS)) == headers
    assert register.standard in WALK.standards
    assert register.register_name == name


def test_the_numbers_of_columns_are_those_of_the_registers() -> None:
    assert {name: len(load_register(name).columns) for name in REGISTERS} == {
        "atrs": 37, "omb": 34, "nyc": 6, "nl": 31, "cl": 44, "co": 17
    }  # fmt: skip


@pytest.mark.parametrize("name", REGISTERS)
def test_nothing_is_longer_than_the_register_takes_and_nothing_is_cut(name: str) -> None:
    long = {field: f"{token} " + "a" * 6000 for field, token in TOKENS.items()}
    register, published = load_register(name), publish_made(long)
    for cell in fill_row(register, published):
        if cell.column.max_length is not None:
            assert len(cell.text) <= cell.column.max_length
        given = "\n\n".join(published.texts(*cell.column.fields))
        waits = published.undecided(cell.column.fields) if not given else None
        assert cell.text in ("", given, cell.column.value, waits)


def test_the_longest_text_that_fits_is_kept_and_one_more_is_said() -> None:
    limit = next(c.max_length for c in load_register("nl").columns if c.header == "description_short")
    assert limit == 400
    assert _row("nl", {"A02": "a" * 400})["description_short"] == "a" * 400
    made = export_row("nl", publish_made({"A02": "a" * 401}))
    assert json.loads(made["nl.json"])["description_short"] is None
    assert json.loads(made["nl.about.json"])["does_not_fit"] == ["description_short"]


def test_a_column_of_choices_takes_one_of_them_only() -> None:
    assert _row("omb", {"B10": "Transportation"})["Use Case Topic Area"] == "Transportation"
    made = export_row("omb", publish_made({"B10": "roads"}))
    about = json.loads(made["omb.about.json"])
    assert about["is_no_choice"] == ["Use Case Topic Area"]
    for name in REGISTERS:
        for cell in fill_row(load_register(name), publish_made(TOKENS)):
            assert not cell.column.choices or cell.text in ("", *cell.column.choices)


def test_what_is_required_and_empty_is_said() -> None:
    empty = json.loads(export_row("nyc", publish_made({}))["nyc.about.json"])
    assert "2 purpose" in empty["required_and_empty"]
    full = json.loads(export_row("nyc", publish_made(TOKENS))["nyc.about.json"])
    assert full["required_and_empty"] == ["6 month and year of first use"]  # the board has decided nothing


def test_what_waits_for_the_board_says_so_and_still_counts_as_empty() -> None:
    made = export_row("nyc", publish_made(TOKENS, language="es"))
    about = json.loads(made["nyc.about.json"])
    assert (about["not_decided"], about["required_and_empty"]) == (["A08"], ["6 month and year of first use"])
    headers, cells = csv.reader(io.StringIO(made["nyc.csv"].decode(), newline=""))
    row = dict(zip(headers, cells, strict=True))
    assert row["6 month and year of first use"] == STATUS_WORDS["not_decided"].text("es") != ""


def test_what_the_board_decided_fills_its_columns() -> None:
    decided = {"A08": Decided(text=Text(en="Pilot running", es="Piloto en marcha"), decision="ab" * 32)}
    made = export_row("nyc", publish_made(TOKENS, language="es", decided=decided))
    assert "Piloto en marcha" in made["nyc.csv"].decode()
    about = json.loads(made["nyc.about.json"])
    assert (about["not_decided"], about["required_and_empty"]) == ([], [])


def test_a_register_that_takes_one_language_says_so() -> None:
    assert json.loads(export_row("nl", publish_made({}))["nl.about.json"])["to_be_translated_into"] == "nld"
    assert json.loads(export_row("co", publish_made({}))["co.about.json"])["to_be_translated_into"] == "es"
    spanish = export_row("co", publish_made({}, language="es"))["co.about.json"]
    assert json.loads(spanish)["to_be_translated_into"] is None
    assert json.loads(export_row("omb", publish_made({}))["omb.about.json"])["to_be_translated_into"] is None


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_a_spreadsheet_runs_no_text_as_a_formula(start: str) -> None:
    assert _row("nyc", {"B01": f"{start}1+1 is what"})["2 purpose"] == f"'{start}1+1 is what"


def test_a_register_names_only_fields_that_stand() -> None:
    for name in REGISTERS:
        assert load_register(name).holds <= set(WALK.fields)


def test_constants_are_among_the_choices_of_their_column() -> None:
    for name in REGISTERS:
        for column in load_register(name).columns:
            assert column.value is None or not column.choices or column.value in column.choices


def test_the_form_of_a_register_is_closed() -> None:
    assert RegisterMap.model_config["extra"] == "forbid"

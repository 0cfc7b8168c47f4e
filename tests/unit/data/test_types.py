from __future__ import annotations

import math
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.unit.data.cities import typed_values


def values(cells: list[str], folder: Path, column: dict[str, Any], **parts: Any) -> list[Any]:
    """Typed values; ``...`` where the cell is broken."""
    return [... if is_broken else value for value, is_broken in typed_values(cells, column, folder, **parts)]


INTEGERS = [
    "0",
    "-7",
    "+7",
    "007",
    "",
    "9223372036854775807",
    "9223372036854775808",
    "1.0",
    "1e3",
    " 1",
    "1 ",
    "١",
    "0x1",
    "1_0",
    "-",
    "NaN",
    "1,000",
]


def test_integers_are_digits_and_nothing_else(tmp_path: Path) -> None:
    expected = [0, -7, 7, 7, None, 2**63 - 1, *[...] * 11]
    assert values(INTEGERS, tmp_path, {"type": "integer"}) == expected


def test_numbers_are_finite_and_written_plainly(tmp_path: Path) -> None:
    cells = [
        "0.5",
        ".5",
        "5.",
        "-1.25e-3",
        "1e999",
        "inf",
        "nan",
        "1,5",
        "1.234.567",
        ".",
        "",
        "1e5000",
        "$5",
        "5 %",
        "0.1",
    ]
    expected = [0.5, 0.5, 5.0, -0.00125, ..., ..., ..., ..., ..., ..., None, ..., ..., ..., 0.1]
    assert values(cells, tmp_path, {"type": "number"}) == expected


def test_declared_marks_are_taken_and_no_others(tmp_path: Path) -> None:
    cells = [
        "1.234,56",
        "1234,56",
        "1.234",
        "12.34",
        "1.2345",
        "1234.567,8",
        "0,5",
        "1,234.56",
        "-1.000.000,0",
        "1.234.56",
    ]
    marks = {"decimal": ",", "thousands": "."}
    expected = [1234.56, 1234.56, 1234.0, ..., ..., ..., 0.5, ..., -1000000.0, ...]
    assert values(cells, tmp_path, {"type": "number"}, **marks) == expected
    assert values(["1 234", "12 34", "1234"], tmp_path, {"type": "integer"}, thousands=" ") == [
        1234,
        ...,
        1234,
    ]


def test_dates_are_days_of_the_calendar(tmp_path: Path) -> None:
    cells = [
        "2020-02-29",
        "2021-02-29",
        "2020-2-9",
        "2020/02/09",
        "29.02.2020",
        "infinity",
        "2020-02-29 00:00:00",
        "",
        "0020-01-01",
        "9999-01-01",
    ]
    expected = [date(2020, 2, 29), ..., ..., ..., ..., ..., ..., None, ..., ...]
    assert values(cells, tmp_path, {"type": "date"}) == expected


def test_a_declared_format_reads_day_and_month_as_said(tmp_path: Path) -> None:
    cells = ["03/04/2021", "31/12/2021", "12/31/2021", "2021-04-03", "3/4/2021", "03/04/21"]
    expected = [date(2021, 4, 3), date(2021, 12, 31), ..., ..., date(2021, 4, 3), ...]
    assert values(cells, tmp_path, {"type": "date", "format": "%d/%m/%Y"}) == expected


STAMPS = [
    "2021-03-04 05:06:07",
    "2021-03-04T05:06",
    "2021-03-04",
    "2021-03-04 05:06:07.123456",
    "2021-03-04 05:06:07Z",
    "2021-03-04 05:06:07+02:00",
    "2021-03-04T05:06:07-0530",
    "2021-03-04 05:06:07+02",
    "2021-07-04 05:06:07Z",
]
NO_STAMPS = [
    "2021-03-04 24:00:00",
    "2021-03-04 5:06",
    "now",
    "epoch",
    "2021-13-01 00:00",
    "2021-03-04 05:06 PM",
    "1614834367",
]


@pytest.mark.parametrize(
    "zones", ["UTC UTC", "America/Chicago America/Chicago", "UTC America/Sao_Paulo", "America/Chicago UTC"]
)
def test_timestamps_move_to_the_pilots_zone_as_python_moves_them(zones: str, tmp_path: Path) -> None:
    zone, pilot_zone = (ZoneInfo(name) for name in zones.split())
    expected = []
    for text in STAMPS:
        made = datetime.fromisoformat(text)
        aware = made if made.tzinfo else made.replace(tzinfo=zone)
        expected.append(aware.astimezone(UTC).astimezone(pilot_zone).replace(tzinfo=None))
    read = values([*STAMPS, *NO_STAMPS], tmp_path, {"type": "timestamp"}, zones=zones)
    assert read == [*expected, *[...] * len(NO_STAMPS)]


def test_flags(tmp_path: Path) -> None:
    cells = ["true", "False", "1", "0", "Yes", "no", "", "maybe", "2", "sí"]
    expected = [True, False, True, False, True, False, None, ..., ..., True]
    assert values(cells, tmp_path, {"type": "flag", "renamed": {"sí": "true"}}) == expected


def test_blanks_mean_what_the_contract_says(tmp_path: Path) -> None:
    cells = ["", "NA", "NULL", "3"]
    assert values(cells, tmp_path, {"type": "integer"}, blank_marks=["NA"]) == [None, None, ..., 3]
    assert values(cells, tmp_path, {"type": "integer", "blank": "zero"}, blank_marks=["NA", "NULL"]) == [
        0,
        0,
        0,
        3,
    ]


def test_old_words_become_those_of_today(tmp_path: Path) -> None:
    column = {"type": "text", "renamed": {"Pot hole": "pothole", "it's": "light"}}
    assert values(["Pot hole", "pothole", "it's", ""], tmp_path, column) == [
        "pothole",
        "pothole",
        "light",
        None,
    ]


def test_distrusted_defaults_are_missing_however_they_are_written(tmp_path: Path) -> None:
    column = {"type": "number", "distrust": ["0", "41.5"]}
    assert values(["0", "0.000", "41.50", "41.51", "x"], tmp_path, column) == [None, None, None, 41.51, ...]


def test_numbers_keep_all_their_digits(tmp_path: Path) -> None:
    cells = [repr(value) for value in (0.1 + 0.2, 1 / 3, math.pi * 1e15, 5e-324, 1.7976931348623157e308)]
    assert [repr(value) for value in values(cells, tmp_path, {"type": "number"})] == cells

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from civic_ai.cards.pictures.calibration import draw_calibration
from tests.unit.cards.conftest import MakePage
from tests.unit.cards.made_city import City


@pytest.mark.parametrize(
    ("verdict", "expected"),
    [
        ("pass", "The numbers mean what they say"),
        ("fail", "The numbers do not mean what they say"),
        ("insufficient_evidence", "This data cannot tell"),
        ("unknown", "Nobody knows yet"),
    ],
)
def test_the_title_follows_the_verdict(page: MakePage, verdict: str, expected: str) -> None:
    seen = page(City())
    calibration = seen.records.evaluation.calibration.model_copy(update={"verdict": verdict})
    evaluation = seen.records.evaluation.model_copy(update={"calibration": calibration})
    drawn = draw_calibration(replace(seen.records, evaluation=evaluation), seen.teller)
    assert drawn.title.startswith(expected)


def test_every_bin_is_in_the_table_with_its_interval_and_n(page: MakePage) -> None:
    rows = page(City(), "es").pictures.calibration.table.rows
    assert [tuple(cell.striptags() for cell in row) for row in rows] == [  # type: ignore[union-attr]
        ("0,05", "0,05 (entre 0,03 y 0,07)", "3.000"),
        ("0,20", "0,20 (entre 0,18 y 0,22)", "1.200"),
        ("0,40", "0,39 (entre 0,37 y 0,41)", "400"),
        ("0,60", "0,59 (entre 0,57 y 0,61)", "90"),
    ]


def test_without_bins_it_still_draws_and_says_so(page: MakePage) -> None:
    drawn = page(City(known=False)).pictures.calibration
    assert drawn.table.rows == ()
    assert drawn.svg.startswith(b"<svg")
    assert "Nobody knows yet" in drawn.title


@pytest.mark.parametrize(
    ("bounds", "verdict", "expected"),
    [
        ((1.04, 1.08, 1.14), "pass", "Predictions are 8% too high on average, within the policy's tolerance"),
        ((1.3, 1.4, 1.5), "fail", "Predictions are 40% too high on average"),
        ((0.81, 0.9, 0.95), "pass", "Predictions are 10% too low on average, within the policy's tolerance"),
        ((0.5, 0.6, 0.7), "fail", "Predictions are 40% too low on average"),
        ((0.97, 1.08, 1.2), "pass", "The numbers mean what they say: what was predicted is what came"),
    ],
)
def test_the_title_does_not_contradict_the_bias(
    page: MakePage, bounds: tuple[float, float, float], verdict: str, expected: str
) -> None:
    seen = page(City())
    calibration = seen.records.evaluation.calibration
    lower, value, upper = bounds
    bias = calibration.bias_ratio.model_copy(update={"lower": lower, "value": value, "upper": upper})
    calibration = calibration.model_copy(update={"bias_ratio": bias, "verdict": verdict})
    evaluation = seen.records.evaluation.model_copy(update={"calibration": calibration})
    facts = {**seen.teller.facts, "calibration.bias": abs(value - 1)}
    records, teller = replace(seen.records, evaluation=evaluation), replace(seen.teller, facts=facts)
    assert draw_calibration(records, teller).title.striptags() == expected


def test_bars_stand_below_their_points(page: MakePage) -> None:
    """Each bar's middle has the x of a point (SVG coordinates within each plot)."""
    svg = page(City()).pictures.calibration.svg.decode()
    points = [float(x) for x in re.findall(r'aria-roledescription="point".*?translate\(([\d.]+)', svg)] or [
        float(x) for x in re.findall(r'<path transform="translate\(([\d.]+),[\d.]+\)" d="M[\d.]+,0A', svg)
    ]
    bars = [float(x) + float(width) / 2 for x, width in re.findall(r'd="M([\d.]+),[\d.]+h([\d.]+)v', svg)]
    assert len(points) == 4
    assert bars[-4:] == pytest.approx(points, abs=0.6)

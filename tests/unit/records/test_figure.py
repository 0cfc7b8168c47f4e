from __future__ import annotations

from datetime import date

from civic_ai.records.figure import Figure, Period, missing


def test_a_missing_figure_says_why_and_has_no_value() -> None:
    figure = missing("no_positives", n=12)
    assert (figure.value, figure.lower, figure.upper, figure.n) == (None, None, None, 12)
    assert figure.why_missing == "no_positives"


def test_dates_survive_json() -> None:
    figure = Figure(value=0.5, n=3, period=Period(first=date(2018, 1, 1), last=date(2018, 6, 30)))
    back = Figure.model_validate_json(figure.to_json())
    assert back == figure
    assert b'"first":"2018-01-01"' in figure.to_json()


def test_a_figure_moves_with_its_interval_and_nothing_else() -> None:
    figure = Figure(value=0.5, lower=0.25, upper=None, n=3, level=0.95)
    assert figure.moved(lambda value: 2 * value) == Figure(value=1.0, lower=0.5, upper=None, n=3, level=0.95)
    assert missing("no_positives", n=2).moved(abs) == missing("no_positives", n=2)

from __future__ import annotations

from typing import get_args

import pytest
from babel import Locale
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.cards.numbers import Style, chart_locale, locale_for, two_digits, written

LOCALES = ("es_CO", "es_MX", "pt_BR", "en_US", "en", "es_US", "pt")


@pytest.mark.parametrize(
    ("place", "language", "expected"),
    [
        ("es-CO", "es", "es_CO"),
        ("es-MX", "es", "es_MX"),
        ("es-CO", "en", "en"),
        ("en-US", "es", "es_US"),
        ("pt-BR", "en", "en"),
        ("es-MX", "pt", "pt"),
        ("pt-BR", "pt", "pt_BR"),
    ],
)
def test_the_locale_is_the_language_in_the_place(place: str, language: str, expected: str) -> None:
    assert str(locale_for(place, language)) == expected


@pytest.mark.parametrize(
    ("value", "style", "locale", "expected"),
    [
        (1234.5, "count", "es_CO", "1.234"),
        (1234.5, "count", "es_MX", "1,234"),
        (1.018, "ratio", "es_CO", "1,02"),
        (1.018, "ratio", "es_MX", "1.02"),
        (0.3449, "percent", "en_US", "34%"),
        (0.3449, "percent_fine", "es_CO", "34,5%"),
        (0.34, "per_hundred", "pt_BR", "34"),
        (0.3449, "per_hundred_fine", "pt_BR", "34,5"),
        (33.96, "found", "en_US", "34"),
        (33.96, "found_fine", "es_CO", "34,0"),
        (803, "about", "en_US", "810"),
        (1, "about", "en_US", "1"),
        (4e-15, "number", "en_US", "≈ 0"),
        (0.0, "number", "en_US", "0.000"),
        (1.23456, "number", "es_CO", "1,235"),
        (0.000001, "limit", "en_US", "0.000001"),
        (1.0, "limit", "es_CO", "1"),
    ],
)
def test_values_are_written_as_the_place_writes_them(
    value: float, style: str, locale: str, expected: str
) -> None:
    assert written(value, style, Locale.parse(locale)) == expected  # type: ignore[arg-type]


@given(st.integers(-(10**9), 10**9), st.sampled_from(LOCALES))
def test_counts_can_be_read_back(value: int, name: str) -> None:
    locale = Locale.parse(name)
    assert int(parse_decimal(written(value, "count", locale), locale=locale)) == value


@given(st.integers(1, 10**9))
def test_about_never_promises_less_than_it_takes(value: int) -> None:
    rounded = two_digits(value)
    assert value <= rounded <= value * 1.1 + 1
    assert len(str(rounded).rstrip("0")) <= 2


def test_axes_use_the_marks_of_the_place() -> None:
    assert chart_locale(Locale.parse("es_CO"))["decimal"] == ","
    assert chart_locale(Locale.parse("es_MX"))["decimal"] == "."
    assert chart_locale(Locale.parse("pt_BR"))["thousands"] == "."


@pytest.mark.parametrize("style", [style for style in get_args(Style) if style != "about"])
@pytest.mark.parametrize("name", ["en", "es_CO", "pt_BR"])
def test_a_zero_has_no_sign(style: Style, name: str) -> None:
    locale = Locale.parse(name)
    assert written(-1e-12, style, locale) == written(1e-12, style, locale)
    assert written(-25.0, style, locale) != written(25.0, style, locale)

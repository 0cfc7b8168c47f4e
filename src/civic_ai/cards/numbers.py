"""Numbers as people of one place write them (CLDR, through Babel).

The language of a card and the place of a pilot are two things: es-CO writes 1.234,5 and es-MX
1,234.5. A card in a language that the place does not know is written as that language is by default.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from babel import Locale, localedata
from babel.numbers import format_decimal, format_percent

Style = Literal[
    "count", "number", "ratio", "percent", "percent_fine", "per_hundred", "per_hundred_fine",
    "found", "found_fine", "about", "limit",
]  # fmt: skip


def locale_for(pilot_locale: str, language: str) -> Locale:
    """The locale of ``language`` in the pilot's place: (es-CO, en) gives en, (en-US, es) es_US."""
    territory = pilot_locale.partition("-")[2]
    name = f"{language}_{territory}"
    return Locale.parse(name if localedata.exists(name) else language)


def _small(value: float, locale: Locale) -> str:
    """Three decimals; what would round to 0 and is not 0 is said to be near it."""
    return "≈ 0" if 0 < abs(value) < 0.0005 else format_decimal(value, "#,##0.000", locale=locale)


def two_digits(value: float) -> int:
    """``value`` rounded up to two significant digits, as in "about 810"."""
    step = 10 ** max(0, len(str(int(value))) - 2)
    return int(-(-value // step) * step)


_STYLES: dict[str, Callable[[float, Locale], str]] = {
    "count": lambda value, locale: format_decimal(round(value), "#,##0", locale=locale),
    "number": _small,
    "ratio": lambda value, locale: format_decimal(value, "#,##0.00", locale=locale),
    "percent": lambda value, locale: format_percent(value, locale=locale),
    "percent_fine": lambda value, locale: format_percent(
        value, _percent_pattern(locale, "0.0"), locale=locale
    ),
    "per_hundred": lambda value, locale: format_decimal(100 * value, "#,##0", locale=locale),
    "per_hundred_fine": lambda value, locale: format_decimal(100 * value, "#,##0.0", locale=locale),
    "found": lambda value, locale: format_decimal(value, "#,##0", locale=locale),
    "found_fine": lambda value, locale: format_decimal(value, "#,##0.0", locale=locale),
    "about": lambda value, locale: format_decimal(two_digits(value), "#,##0", locale=locale),
    "limit": lambda value, locale: format_decimal(value, "#,##0.########", locale=locale),
}


def _percent_pattern(locale: Locale, digits: str) -> str:
    """The locale's own percent pattern (with or without a blank) at other digits."""
    return str(locale.percent_formats[None].pattern).replace("#,##0", digits)


def written(value: float, style: Style, locale: Locale) -> str:
    """``value`` in ``style``: 0.345 as percent is ``34 %`` in es, ``34%`` in en. A zero has no sign."""
    said = _STYLES[style](value, locale)
    is_zero = value < 0 and not any(digit in said for digit in "123456789")
    return _STYLES[style](-value, locale) if is_zero else said


def chart_locale(locale: Locale) -> dict[str, object]:
    """The marks that d3 needs for numbers on the axes of a picture (it knows few locales itself)."""
    symbols = locale.number_symbols["latn"]
    return {
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        "grouping": [3],
        "currency": ["", ""],
        "minus": symbols["minusSign"],
    }

from __future__ import annotations

from datetime import date

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.numbers import Style, locale_for, written
from civic_ai.cards.tell import Teller
from civic_ai.core.messages import Message, say, say_count
from civic_ai.records.record import Scalar
from civic_ai.records.text import Text

FIGURE: dict[str, Scalar] = {
    "f.value": 0.34,
    "f.lower": 0.32,
    "f.upper": 0.36,
    "f.n": 1600,
    "f.why_missing": None,
}


def _teller(facts: dict[str, Scalar], language: str = "en", place: str = "en_US") -> Teller:
    return Teller(facts, language, Locale.parse(place))


def test_a_figure_is_told_with_its_interval() -> None:
    assert _teller(FIGURE).figure("f", "per_hundred").striptags() == "34 (between 32 and 36)"
    assert _teller(FIGURE, "es", "es_CO").figure("f", "ratio").striptags() == "0,34 (entre 0,32 y 0,36)"
    assert _teller(FIGURE, "pt", "pt_BR").figure("f", "percent").striptags() == "34% (entre 32% e 36%)"


def test_a_narrow_interval_gets_one_more_digit() -> None:
    """Otherwise both ends would read the same and look like certainty."""
    narrow = FIGURE | {"f.value": 0.3402, "f.lower": 0.3391, "f.upper": 0.3414}
    assert _teller(narrow).figure("f", "per_hundred").striptags() == "34.0 (between 33.9 and 34.1)"
    assert _teller(narrow).finer("f", "ratio") == "number"


def test_a_day_in_a_sentence_is_written_as_the_place_writes_it() -> None:
    said = _teller({}, "pt", "pt_BR").sentence(say("{first} to {last}", first=date(2026, 1, 2), last="<"))
    assert str(said) == "de 2 de janeiro de 2026 a &lt;"


def test_a_figure_without_interval_is_told_alone() -> None:
    alone = FIGURE | {"f.lower": None, "f.upper": None}
    assert _teller(alone).figure("f", "percent").striptags() == "34%"
    assert _teller(alone).interval("f", "percent") == ""


@pytest.mark.parametrize("why", [None, *words.MISSING])
@pytest.mark.parametrize("language", ["en", "es", "pt"])
def test_a_missing_figure_says_why(why: str | None, language: str) -> None:
    teller = _teller(FIGURE | {"f.value": None, "f.why_missing": why}, language)
    said = teller.figure("f", "percent")
    assert said.unescape() == (
        teller.plain(say("Not measured")) if why is None else teller.word(words.MISSING, why)
    )
    assert "data-fact" not in said


def test_a_number_names_its_fact() -> None:
    said = _teller({"a.b": 1234.5}, "es", "es_CO").value("a.b", "count")
    assert said == '<data class="fact" data-fact="a.b" data-as="count" value="1234.5">1.234</data>'


def test_a_fact_that_does_not_exist_is_an_error_not_a_blank() -> None:
    with pytest.raises(KeyError):
        _teller({}).value("a.b", "count")


def test_dates_and_periods_are_written_out() -> None:
    facts: dict[str, Scalar] = {"p.first": "2017-01-02", "p.last": "2018-11-26"}
    assert (
        _teller(facts, "es", "es_MX").period("p").striptags()
        == "del 2 de enero de 2017 al 26 de noviembre de 2018"
    )
    assert (
        _teller(facts, "pt", "pt_BR").period("p").striptags()
        == "de 2 de janeiro de 2017 a 26 de novembro de 2018"
    )
    assert 'datetime="2017-01-02"' in _teller(facts).day("p.first")


def test_too_few_says_how_many_it_would_take() -> None:
    assert (
        _teller({"d.needed": 803}).needed("d.needed").striptags() == "Too few to tell (would need about 810)"
    )
    assert _teller({"d.needed": None}).needed("d.needed") == "Too few to tell"


def test_a_verdict_is_a_word_with_a_sign() -> None:
    said = _teller({}).verdict("fail")
    assert said.striptags() == "✕ Fail"
    assert 'aria-hidden="true"' in said


@pytest.mark.parametrize(
    ("must_be", "fact", "expected"),
    [
        ("> 1.0", "a", "must be more than 1"),
        (">= 0.5", "a", "must be at least 0.5"),
        ("<= 0.02", "a.share", "must be at most 2.0%"),
        ("<= 0.000001", "a", "must be at most 0.000001"),
        ("< 3", "a", "must be less than 3"),
        ("== 0", "a", "must be 0"),
        ("== pass", "a", "must be Pass"),
        ("!= fail", "a", "must not be Fail"),
        ("between 1 and 2", "a", "between 1 and 2"),
    ],
)
def test_a_condition_is_said_in_words(must_be: str, fact: str, expected: str) -> None:
    assert _teller({}).condition(must_be, fact).striptags() == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "yes"), (False, "no"), (None, "Not measured"), ("insufficient_evidence", "Too few to tell"),
        ("2018-11-26", "November 26, 2018"), (1234, "1,234"), (0.5, "0.500"), ("rain", "rain"),
    ],
)  # fmt: skip
def test_any_fact_can_be_observed(value: Scalar, expected: str) -> None:
    assert _teller({"x": value}).observed("x").striptags() == expected


def test_the_bound_of_a_figure_is_observed_with_the_figure() -> None:
    assert _teller(FIGURE).observed("f.lower").striptags() == "0.34 (between 0.32 and 0.36)"
    assert _teller({"x_share": 0.5}).observed("x_share").striptags() == "50.0%"
    assert _teller({}).observed("nowhere") == "Not measured"


@given(st.text(max_size=50))
def test_values_are_escaped_and_markup_is_kept(text: str) -> None:
    said = _teller({}).sentence(say("Data, {source}: {finding}", source=text, finding=Markup("<b>x</b>")))
    assert "<" not in said.replace("<b>x</b>", "")
    assert Markup(said).unescape() == f"Data, {text}: <b>x</b>"


def test_messages_nest_and_plurals_follow_the_number() -> None:
    teller = _teller({"n": 2}, "es", "es_CO")
    inner = say_count("{n} fails", "{n} fail", 2, n=2)
    assert teller.sentence(Message("{role}: {name}", {"role": inner, "name": "x"})) == "2 no pasan: x"
    assert teller.sentence(say_count("{n} fails", "{n} fail", 1, n=1)) == "1 no pasa"


def test_several_values_fill_a_place_and_each_is_escaped() -> None:
    fill = (say("nobody"), "<b>", Text(en="one", es="<uno>"))
    assert _teller({}, "es", "es_CO").sentence(say("{name}", name=fill)) == "nadie, &lt;b&gt;, &lt;uno&gt;"


def test_lists_and_texts_follow_the_language() -> None:
    teller = _teller({}, "es", "es_CO")
    assert teller.listed(["a", "<b>", "c"]) == "a, &lt;b&gt; y c"
    assert teller.text(Text(en="one", es="uno")) == "uno"
    assert teller.word({"k": "Pass"}, "k") == "Pasa"
    assert teller.word({}, "unknown key") == "unknown key"


def test_what_is_printed_is_what_is_written() -> None:
    teller = _teller({"x": 0.1234}, "es", "es_CO")
    assert teller.value("x", "percent_fine").striptags() == written(0.1234, "percent_fine", teller.locale)


@pytest.mark.parametrize(
    ("style", "value", "lower", "upper", "expected"),
    [
        ("ratio", 1.034, 1.0312, 1.05, "1.034 (between 1.031 and 1.050)"),
        ("ratio", 1.04, 1.03, 1.05, "1.04 (between 1.03 and 1.05)"),
        ("ratio", 1.03, 1.03, 1.05, "1.03 (between 1.03 and 1.05)"),
        ("found_fine", 7.02, 6.98, 9.0, "7.02 (between 6.98 and 9.00)"),
        ("found", 7.2, 6.9, 12.0, "7.2 (between 6.9 and 12.0)"),
    ],
)
def test_an_end_that_is_not_the_value_does_not_read_as_the_value(
    style: Style, value: float, lower: float, upper: float, expected: str
) -> None:
    teller = Teller({"a.value": value, "a.lower": lower, "a.upper": upper}, "en", locale_for("en-US", "en"))
    assert teller.figure("a", style).striptags() == expected

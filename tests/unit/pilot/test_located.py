from __future__ import annotations

import pytest

from civic_ai.core.errors import ConfigError, DataError, Place
from civic_ai.core.messages import say, translate
from civic_ai.pilot.located import _KINDS, _LIMITS, placing, read_parts, sentence_of, validate
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.policy import Policy
from civic_ai.store.yaml import parse_yaml
from tests.unit.pilot.written import SOUND


def complaints(old: str, new: str) -> str:
    assert old in SOUND
    document = parse_yaml(SOUND.replace(old, new).encode(), "pilot.yaml")
    with pytest.raises(ConfigError) as caught:
        validate(document, PilotSpec)
    return str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("neighbours: true", "neighbour: true", "Did you mean neighbours?"),
        ("every_days: 7", "every: 7", "Did you mean every_days?"),
        ("column: median_income", "colum: median_income", "Did you mean column?"),
        ("objective: recall_at_capacity", "objektive: recall_at_capacity", "Did you mean objective?"),
        ("known_at: created_at", "known: created_at", "Did you mean known_at?"),
        ("who: crews", "who: crews, zzzz: 1", "Known here: cost_per_unit, currency"),
    ],
)
def test_an_unknown_key_suggests_the_one_that_was_meant(old: str, new: str, says: str) -> None:
    message = complaints(old, new)
    assert "is not known here" in message
    assert says in message


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "1", "True", "TRUE"])
def test_words_that_look_like_booleans_are_refused(word: str) -> None:
    assert f"must be true or false, not {word}" in complaints("neighbours: true", f"neighbours: {word}")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("horizon_days: 28", "horizon_days: 2.5", "must be a whole number, not 2.5"),
        ("horizon_days: 28", "horizon_days: many", "must be a whole number, not many"),
        ("seed: 7", "seed:", "must be a whole number, not nothing"),
        ("horizon_days: 28, ", "", "label.horizon_days: is missing"),
        ("first: 2016-01-04", "first: 04/01/2016", "must be a date like 2018-11-26, not 04/01/2016"),
        ("pilot: test-potholes", "pilot: ../etc", "is not a name that can be used here: ../etc"),
        ("pilot: test-potholes", "pilot: Test Potholes", "is not a name that can be used here"),
        ("never_for: [enforcement]", "never_for: []", "needs at least 1 of them"),
        ("review: {languages: [en, es]}", "review: [en]", "must be a list of 'name: value' lines, not en"),
        ("[logistic_glm, lightgbm]", "lightgbm", "must be a list, not lightgbm"),
        (
            "count_days: [7, 28], ",
            "",
            "give one of count_days, trailing_days, columns, categories or calendar",
        ),
        ("owner: Public Works", "owner: {}", "must be text, not a list of 'name: value' lines"),
        ("title: {en: Where will it happen?, es: ¿Dónde ocurrirá?}", "title: {fr: Où?}", "is not known here"),
        ("seed: 7", "seed: 99999999999", "must be at most 2147483647"),
    ],
)
def test_each_kind_of_mistake_has_its_sentence(old: str, new: str, says: str) -> None:
    assert says in complaints(old, new)


def test_a_list_of_broken_items_is_not_called_empty_too() -> None:
    message = complaints("count_days: [7, 28], ", "")
    assert "features: needs at least" not in message


def test_a_long_value_is_shortened() -> None:
    assert "x" * 57 + "..." in complaints("seed: 7", "seed: " + "x" * 500)


def test_sound_parts_stand_although_others_are_broken() -> None:
    document = parse_yaml(SOUND.replace("seed: 7", "seed: x").encode(), "pilot.yaml")
    reading = read_parts(document, PilotSpec)
    assert reading.parts == set(PilotSpec.model_fields) - {"seed"}
    assert reading.record.label.horizon_days == 28
    assert reading.record.cohort.seen_within_days is None


def test_a_document_that_is_a_list_is_refused() -> None:
    with pytest.raises(ConfigError, match="must be a list of 'name: value' lines"):
        validate(parse_yaml(b"- a\n- b\n", "x.yaml"), Policy)


@pytest.mark.parametrize("language", ["es", "pt"])
def test_no_sentence_about_a_mistake_stays_english(language: str) -> None:
    sentences = {*_KINDS.values(), *(sentence for sentence, _ in _LIMITS.values())}
    assert [one for one in sorted(sentences) if translate(one, language) == one] == []


def test_a_mistake_is_told_in_the_readers_language() -> None:
    document = parse_yaml(SOUND.replace("every_days: 7", "every_days: lots").encode(), "pilot.yaml")
    with pytest.raises(ConfigError) as caught:
        validate(document, PilotSpec)
    assert "debe ser un número entero, no lots" in caught.value.text("es")
    assert "deve ser um número inteiro, não lots" in caught.value.text("pt")


def test_a_choice_is_told_in_the_readers_language() -> None:
    detail = {"type": "literal_error", "ctx": {"expected": "'a', 'b' or 'c'"}, "input": "d"}
    told = [sentence_of(detail).text(language) for language in ("en", "es", "pt")]
    assert told == [
        "must be 'a', 'b' or 'c', not d",
        "debe ser 'a', 'b' o 'c', no d",
        "deve ser 'a', 'b' ou 'c', não d",
    ]
    assert sentence_of(detail | {"ctx": {"expected": "'a'"}}).text("es") == "debe ser 'a', no d"


@pytest.mark.parametrize(
    ("about", "place"),
    [
        ("capacity.units_per_period", "pilot.yaml:3"),
        ("capacity", "pilot.yaml:2"),
        ("features[1].columns", "pilot.yaml:6"),
        ("audit.attributes.income", None),
        ("late", None),
        ("", None),
    ],
)
def test_a_stage_that_finds_a_mistake_in_a_field_names_its_line(about: str, place: str | None) -> None:
    text = b"pilot: p\ncapacity:\n  units_per_period: 20\nfeatures:\n- {from: a}\n- {from: b}\n"
    with pytest.raises(DataError) as refused, placing(parse_yaml(text, "pilot.yaml")):
        raise DataError.because(say("20 visits reach all 10 units"), about=about)
    (mistake,) = refused.value.mistakes
    assert (None if mistake.place is None else str(mistake.place)) == place


def test_a_place_that_is_known_already_stays() -> None:
    with pytest.raises(ConfigError, match=r"other\.csv:7"), placing(parse_yaml(b"label: x\n", "pilot.yaml")):
        raise ConfigError.because(say("is wrong"), about="label", place=Place("other.csv", 7))

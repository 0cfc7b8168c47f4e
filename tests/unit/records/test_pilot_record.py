"""What is not there says so; counts of a standard's fields agree with the fields, whatever was filled."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.pilot.crosswalk import shipped_crosswalk
from civic_ai.records.answers import Answers
from civic_ai.records.crosswalk import Crosswalk
from civic_ai.records.levels import LEVELS, Level
from civic_ai.records.pilot_record import (
    MISSING,
    Decided,
    PilotRecord,
    Sources,
    build_record,
    facts_named,
)
from civic_ai.records.text import Text

WALK = shipped_crosswalk()
CITY = [name for name, field in WALK.fields.items() if field.filled_by == "city"]
BOARD = [name for name, field in WALK.fields.items() if field.filled_by == "board"]
RUN = [name for name, field in WALK.fields.items() if field.filled_by == "run"]
PROOF = {"link": "https://example.org/x"}


def answers(*names: str, evidence: bool = True) -> Answers:
    given = {"answer": "So it is", "answered_by": "Owner", "on": "2026-01-01"}
    given |= {"evidence": [PROOF]} if evidence else {}
    return Answers.model_validate({"pilot": "p", "answers": dict.fromkeys(names, given)})


def test_an_empty_record_says_who_left_each_field_empty() -> None:
    record = build_record(WALK, Sources("p"))
    assert Counter(entry.status for entry in record.fields) == {
        "not_answered": 53, "not_measured": 35, "not_decided": 10
    }  # fmt: skip
    assert [entry.field for entry in record.fields] == list(WALK.fields)
    assert all(part.answered == 0 for part in record.coverage)
    assert record.answered == frozenset()


def test_an_answer_without_evidence_does_not_count_as_answered() -> None:
    bare = build_record(WALK, Sources("p", answers=answers("A01", evidence=False)))
    assert bare.entry("A01").status == "answered_without_evidence"
    assert not bare.entry("A01").is_gap
    with_proof = build_record(WALK, Sources("p", answers=answers("A01")))
    assert with_proof.entry("A01").status == "answered_with_evidence"
    assert with_proof.answered == {"A01"}
    asking = [key for key, standard in WALK.standards.items() if "A01" in standard.fields]
    for before, after in zip(bare.coverage, with_proof.coverage, strict=True):
        is_asked = before.standard in asking
        assert (before.answered, before.without_evidence) == (0, int(is_asked))
        assert (after.answered, after.without_evidence) == (int(is_asked), 0)


def test_the_city_cannot_fill_what_the_run_or_the_board_fills() -> None:
    record = build_record(WALK, Sources("p", answers=answers("A10", "A08")))
    assert record.entry("A10").status == "not_measured"
    assert record.entry("A08").status == "not_decided"


def test_the_board_fills_only_its_own_fields() -> None:
    said = {name: Decided(text=Text(any="Approved"), decision="d" * 64) for name in WALK.fields}
    record = build_record(WALK, Sources("p", decided=said))
    assert record.answered == {*BOARD, "M07", "E06", "H02", "L02"}
    assert record.entry("M03").decision == "d" * 64


def test_a_run_field_is_measured_only_when_every_fact_it_asks_for_has_a_value() -> None:
    asked = WALK.fields["B07"].facts
    whole = dict.fromkeys(asked, 1.5)
    assert build_record(WALK, Sources("p", facts=whole)).entry("B07").status == "answered_with_evidence"
    for name in asked:
        for nothing in (None, "", "unknown"):
            entry = build_record(WALK, Sources("p", facts=whole | {name: nothing})).entry("B07")
            assert entry.status == "not_measured"
            assert name not in entry.facts


def test_what_is_kept_also_is_not_needed() -> None:
    assert WALK.fields["A03"].also == ("evidence.after",)
    known = {"dossier.evidence": "e" * 64, "dossier.follows_earlier": False, "evidence.after": None}
    first = build_record(WALK, Sources("p", facts=known))
    assert first.entry("A03").status == "answered_with_evidence"
    assert first.entry("A03").facts["dossier.follows_earlier"] is False
    only = build_record(WALK, Sources("p", facts={"evidence.after": "d" * 64})).entry("A03")
    assert (only.status, only.facts) == ("not_measured", {"evidence.after": "d" * 64})


def test_zero_and_false_are_measured() -> None:
    assert facts_named("a.*", {"a.zero": 0, "a.no": False, "a.none": None, "b.x": 1}) == {
        "a.zero": 0, "a.no": False
    }  # fmt: skip


def test_a_name_in_braces_is_replaced_by_its_fact() -> None:
    facts = {"e.champion": "rule", "e.rule.x": 1, "e.model.x": 2}
    assert facts_named("e.{e.champion}.x", facts) == {"e.rule.x": 1}
    assert facts_named("e.{e.nobody}.x", facts) == {}


def test_a_field_that_no_run_can_fill_yet_is_not_measured() -> None:
    facts = {name.replace("*", "x"): 1 for field in WALK.fields.values() for name in field.facts}
    record = build_record(WALK, Sources("p", facts=facts))
    empty = {name for name in RUN if not WALK.fields[name].facts}
    assert {name for name in RUN if record.entry(name).status == "not_measured"} >= empty
    assert empty


filled = st.builds(
    Sources,
    pilot=st.just("p"),
    answers=st.one_of(
        st.none(),
        st.builds(
            lambda names, proof: answers(*names, evidence=proof),
            st.sets(st.sampled_from(CITY)),
            st.booleans(),
        ),
    ),
    level=st.one_of(st.none(), st.sampled_from(LEVELS)),
)


@given(filled)
def test_the_counts_of_a_standard_agree_with_its_fields(sources: Sources) -> None:
    record = build_record(WALK, sources)
    for part in record.coverage:
        fields = [record.entry(name) for name in WALK.standards[part.standard].fields]
        assert part.answered == sum(entry.status == "answered_with_evidence" for entry in fields)
        assert part.answered + part.without_evidence + len(part.gaps) == part.asked
        assert part.asked + part.not_needed == len(fields)
        assert list(part.gaps) == [entry.field for entry in fields if entry.status in MISSING.values()]


@given(filled, st.sampled_from(LEVELS))
def test_a_higher_level_never_asks_for_less(sources: Sources, level: Level) -> None:
    def asked(at: Level | None) -> list[int]:
        made = Sources("p", answers=sources.answers, level=at)
        return [part.asked for part in build_record(WALK, made).coverage]

    assert all(low <= high for low, high in zip(asked(level), asked(None), strict=True))
    assert asked("IV") == asked(None)


def test_what_is_answered_but_not_needed_stays_answered() -> None:
    only_from_two = next(name for name in CITY if WALK.fields[name].from_level == "II")
    empty = build_record(WALK, Sources("p", level="I"))
    assert empty.entry(only_from_two).status == "not_needed"
    given = build_record(WALK, Sources("p", level="I", answers=answers(only_from_two)))
    assert given.entry(only_from_two).status == "answered_with_evidence"


def test_the_same_sources_give_the_same_bytes() -> None:
    sources = Sources("p", facts={"spec.seed": 7}, answers=answers("A01"), level="II")
    assert build_record(WALK, sources).to_json() == build_record(WALK, sources).to_json()
    assert PilotRecord.model_validate_json(build_record(WALK, sources).to_json()).to_json()


def test_the_words_compliant_and_fair_stand_nowhere_in_it() -> None:
    text = build_record(Crosswalk.model_validate(WALK.model_dump()), Sources("p")).to_json().decode().lower()
    assert "complian" not in text
    assert "unbiased" not in text


def test_an_unknown_field_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        build_record(WALK, Sources("p")).entry("Z99")


def test_a_simple_rule_has_results_at_capacity_without_a_calibration() -> None:
    scores = {f"evaluation.scores.year_count.all.{name}_at_capacity.figure.value": 0.2
              for name in ("precision", "recall")}  # fmt: skip
    facts = {"evaluation.champion": "year_count", "evaluation.calibration.slope.value": None, **scores}
    assert build_record(WALK, Sources("p", facts=facts)).entry("E02").status == "answered_with_evidence"
    for name in scores:
        missing = build_record(WALK, Sources("p", facts=facts | {name: None})).entry("E02")
        assert missing.status == "not_measured"


def test_a_file_of_a_step_answers_what_no_run_can() -> None:
    said = {"E06": Decided(text=Text(any="ona: " + "a" * 64), decision="d" * 64)}
    entry = build_record(WALK, Sources("p", decided=said)).entry("E06")
    assert (entry.status, entry.filled_by, entry.decision) == ("answered_with_evidence", "run", "d" * 64)
    assert build_record(WALK, Sources("p")).entry("E06").status == "not_measured"

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.core.errors import RefusedError
from civic_ai.policy.impact_level import find_level
from civic_ai.policy.impact_proposals import RULES, Sealed, propose, read_sealed
from civic_ai.records.figure import missing
from civic_ai.records.impact_level import Answer
from civic_ai.store.blobs import Blobs
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence
from tests.unit.policy.made_answers import BY, POLICY, QUESTIONS, answers_of, least

WORDS = """
aboutAlgorithm3 aboutAlgorithm4 aboutAlgorithm5 aboutAlgorithm8 aboutAlgorithm9 aboutAlgorithm11
aboutDataSource4 aboutDataSource15 aboutDataSourceType1 aboutDataSourceType2 impact18 impact26
dataQualityImplementation1 dataQualityImplementation8 fairnessImplementation2 fairnessImplementation4
fairnessImplementation5 fairnessImplementation7 fairnessImplementation8 fairnessImplementation10
fairnessImplementation16 fairnessImplementation18 fairnessImplementation24
"""
THE_23 = WORDS.split()
"""As STANDARDS 3.2 lists them."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("sealed")
    made = make_evidence(Blobs(place / "blobs"), City(languages=("en",)))
    write_dossier(seal(made.evidence, made.gates, {}, made.blobs), made.blobs, place / "dossier")
    return place / "dossier"


@pytest.fixture(scope="module")
def sealed(folder: Path) -> Sealed:
    return read_sealed(folder)


def proposed(sealed: Sealed, name: str) -> Answer:
    return propose(sealed, "implementation")[name]


def test_the_23_answers_are_proposed_and_nobody_stands_for_them(sealed: Sealed) -> None:
    answers = propose(sealed, "implementation")
    assert sorted(answers) == sorted(THE_23)
    assert len(RULES) == 23
    assert all(answer.proposed_from == sealed.dossier for answer in answers.values())
    assert all(answer.confirmed_by is None for answer in answers.values())


@pytest.mark.parametrize("phase", ["design", "implementation"])
def test_every_proposal_is_an_answer_that_can_be_given(sealed: Sealed, phase: str) -> None:
    for name, answer in propose(sealed, phase).items():
        question = QUESTIONS.questions[name]
        assert question.phase in (None, phase)
        assert set(answer.answer) <= {*question.points, "unsure"}, name
        assert len(answer.answer) == 1 or question.several


def test_what_keeps_harm_small_is_proposed_with_its_evidence(sealed: Sealed) -> None:
    for name, answer in propose(sealed, "design").items():
        is_claimed = QUESTIONS.questions[name] in set_of_mitigation() and answer.answer == ("yes",)
        assert bool(answer.evidence) or not is_claimed, name


def set_of_mitigation() -> list[object]:
    return list(QUESTIONS.of("mitigation"))


def test_proposals_count_only_once_somebody_confirms_them(sealed: Sealed) -> None:
    given = least()
    found = propose(sealed, "design")
    before = find_level(QUESTIONS, answers_of(given | found), POLICY)
    confirmed = {name: answer.model_copy(update={"confirmed_by": BY}) for name, answer in found.items()}
    after = find_level(QUESTIONS, answers_of(given | confirmed), POLICY)
    assert before.score.mitigation == 0 < after.score.mitigation
    assert after.score.raw < before.score.raw
    assert set(before.unconfirmed) <= set(found)
    assert after.unconfirmed == ()


def test_the_logic_of_a_rule_is_a_rule(sealed: Sealed) -> None:
    for is_rule, said in ((True, "rules"), (False, "learned")):
        evaluation = sealed.evaluation.model_copy(update={"champion_is_baseline": is_rule})
        assert proposed(replace(sealed, evaluation=evaluation), "aboutAlgorithm3").answer == (said,)


def with_gates(sealed: Sealed, verdict: str) -> Sealed:
    """The same with one verdict at every gate on the audit."""
    checks = tuple(
        check.model_copy(update={"verdict": verdict if check.fact.startswith("audit.") else "pass"})
        for check in sealed.gates.checks
    )
    return replace(sealed, gates=sealed.gates.model_copy(update={"checks": checks}))


@pytest.mark.parametrize(
    ("verdict", "said", "points"),
    [
        ("pass", "no_gap", 0),
        ("fail", "unjustified_not_handled", 3),
        ("unknown", "unjustified_not_handled", 3),
    ],
)
def test_gaps_by_the_gates_on_groups(sealed: Sealed, verdict: str, said: str, points: int) -> None:
    assert proposed(with_gates(sealed, verdict), "impact18").answer == (said,)
    assert QUESTIONS.questions["impact18"].points[said] == points


def test_a_gate_on_something_else_says_nothing_about_gaps(sealed: Sealed) -> None:
    fine = with_gates(sealed, "pass")
    checks = tuple(
        check if check.fact.startswith("audit.") else check.model_copy(update={"verdict": "fail"})
        for check in fine.gates.checks
    )
    other = replace(fine, gates=fine.gates.model_copy(update={"checks": checks}))
    assert proposed(other, "impact18").answer == ("no_gap",)


def test_no_audit_is_no_study(sealed: Sealed) -> None:
    bare = replace(sealed, audit=sealed.audit.model_copy(update={"disparities": ()}))
    assert proposed(bare, "impact18").answer == ("not_studied",)
    assert proposed(bare, "dataQualityImplementation1").answer == ("no",)
    without = replace(sealed, gates=sealed.gates.model_copy(update={"checks": ()}))
    assert proposed(without, "impact18").answer == ("not_studied",)


@pytest.mark.parametrize(
    ("verdict", "said"),
    [("pass", "yes"), ("fail", "no"), ("unknown", "unsure"), ("insufficient_evidence", "unsure")],
)
def test_likeness_to_residents_by_the_test_of_who_reports(sealed: Sealed, verdict: str, said: str) -> None:
    reporting = sealed.audit.reporting.model_copy(update={"verdict": verdict})
    audit = sealed.audit.model_copy(update={"reporting": reporting})
    assert proposed(replace(sealed, audit=audit), "aboutDataSource15").answer == (said,)


def test_what_was_not_measured_is_no(sealed: Sealed) -> None:
    silent = sealed.explanation.model_copy(update={"trials": None, "contributions": ()})
    snapshot = sealed.snapshot.model_copy(update={"worst_quarantined_share": None})
    audit = sealed.audit.model_copy(update={"frontier": None})
    bare = replace(sealed, explanation=silent, snapshot=snapshot, audit=audit)
    for name in (
        "aboutAlgorithm11", "dataQualityImplementation8", "fairnessImplementation7",
        "fairnessImplementation18", "fairnessImplementation4", "fairnessImplementation24",
    ):  # fmt: skip
        assert proposed(bare, name) == Answer(answer=("no",), proposed_from=sealed.dossier), name
    assert proposed(replace(sealed, bundle="f" * 64), "fairnessImplementation8").evidence == ("f" * 64,)


def test_proxies_are_measured_only_where_a_figure_stands(sealed: Sealed) -> None:
    trials = sealed.explanation.trials
    assert trials is not None
    assert trials.proxies
    assert proposed(sealed, "aboutAlgorithm11").answer == ("yes",)
    blank = tuple(one.model_copy(update={"explained": missing("too_few_rows")}) for one in trials.proxies)
    explanation = sealed.explanation.model_copy(
        update={"trials": trials.model_copy(update={"proxies": blank})}
    )
    assert proposed(replace(sealed, explanation=explanation), "aboutAlgorithm11").answer == ("no",)


def test_reasons_only_where_they_add_up(sealed: Sealed) -> None:
    checks = tuple(
        check.model_copy(
            update={"verdict": "fail" if check.fact == "explanation.additivity_error" else "pass"}
        )
        for check in sealed.gates.checks
    )
    broken = replace(sealed, gates=sealed.gates.model_copy(update={"checks": checks}))
    assert proposed(with_gates(sealed, "pass"), "fairnessImplementation10").answer == ("yes",)
    assert proposed(broken, "fairnessImplementation10").answer == ("no",)


def test_one_source_is_not_several(sealed: Sealed) -> None:
    one = sealed.snapshot.model_copy(update={"sources": sealed.snapshot.sources[:1]})
    assert proposed(replace(sealed, snapshot=one), "aboutDataSource4").answer == ("no",)
    two = sealed.snapshot.model_copy(update={"sources": sealed.snapshot.sources[:1] * 2})
    assert proposed(replace(sealed, snapshot=two), "aboutDataSource4").answer == ("yes",)


def test_an_altered_dossier_proposes_nothing(folder: Path, tmp_path: Path) -> None:
    import shutil

    altered = tmp_path / "altered"
    shutil.copytree(folder, altered)
    record = altered / "full" / "records" / "audit.json"
    record.write_bytes(record.read_bytes().replace(b'"fail"', b'"pass"') + b" ")
    with pytest.raises(RefusedError, match="altered after it was sealed"):
        read_sealed(altered)

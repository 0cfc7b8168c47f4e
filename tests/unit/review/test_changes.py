from __future__ import annotations

from civic_ai.review.workflow import next_case
from tests.unit.review.cases import case_after
from tests.unit.review.made_case import DIGESTS, act, deed, policy
from tests.unit.review.scenes import at_the_board, voted


def test_a_decision_keeps_every_vote_dissent_and_the_policy_that_ruled() -> None:
    opened, first, second, third, close = voted("approve", "cha", "com", "mem")
    third = {**third, "verdict": "reject"}
    conflict = deed("declare_conflict", "pri", "privacy_reviewer", person="pri")
    case = case_after([*at_the_board("I"), conflict, opened, first, second, third, close])
    (decision,) = case.decisions
    assert decision == case.approval
    assert decision.policy == policy().digest
    assert decision.question == "G3"
    assert decision.dossier == DIGESTS["A"]
    assert [(vote.by, vote.verdict, vote.reason) for vote in decision.votes] == [
        ("cha", "approve", "because"),
        ("com", "approve", "because"),
        ("mem", "reject", "because"),
    ]
    assert (decision.present, decision.absent, decision.recused) == (("cha", "com", "mem"), (), ("pri",))


def test_a_decision_names_its_waivers_and_who_endorsed_it() -> None:
    opened, *votes, close = voted("approve", "cha", "com", "mem")
    extra = [
        deed("waive", "tec", "technical_reviewer", gate="g-tech"),
        opened,
        deed("endorse", "app", "approver"),
    ]
    case = case_after([*at_the_board("III", gates=("g-tech",)), *extra, *votes, close])
    assert case.approval is not None
    assert case.approval.endorsed_by == "app"
    assert [(w.gate, w.grantor, w.reason) for w in case.approval.waivers] == [("g-tech", "tec", "because")]


def test_a_refusal_names_no_waiver() -> None:
    waived = deed("waive", "tec", "technical_reviewer", gate="g-tech")
    no = voted("reject", "cha", "com", "mem", binding=None, end=None)
    case = case_after([*at_the_board("I", gates=("g-tech",)), waived, *no])
    assert case.decisions[0].waivers == ()
    assert case.approval is None


def test_a_dissent_is_kept_with_its_vote_and_conditions_with_the_decision() -> None:
    opened, first, second, third, close = voted("approve", "cha", "com", "mem")
    case = case_after([*at_the_board("I"), opened])
    said = act(first).model_copy(update={"dissent": "Too soon for my street."})
    case = next_case(case, said, policy())
    owed = {**close, "conditions": (("lot", "ona", 40, "report"), ("drill", "off", 50, "suspend"))}
    for made in (second, third, owed):
        case = next_case(case, act(made), policy())
    (decision,) = case.decisions
    assert [vote.dissent for vote in decision.votes] == ["Too soon for my street.", None, None]
    assert [(one.id, one.owner, one.if_missed) for one in decision.conditions] == [
        ("lot", "ona", "report"),
        ("drill", "off", "suspend"),
    ]
    assert case.owed == decision.conditions

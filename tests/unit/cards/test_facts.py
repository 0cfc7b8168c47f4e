from __future__ import annotations

import pytest

from civic_ai.audit.evaluation_suppression import mask_evaluation
from civic_ai.cards.facts import collect_facts, facts_of, for_the_public, read_records
from civic_ai.cards.render import render_cards
from civic_ai.policy.load import load_policy
from civic_ai.records.policy import Suppression
from civic_ai.records.predictions import Bundle
from tests.unit.cards.conftest import MakeMade
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import model_record


def test_every_record_has_its_prefix(made: MakeMade) -> None:
    one = made(City())
    facts = collect_facts(one.evidence, one.blobs)
    assert {name.partition(".")[0] for name in facts} == {
        "spec", "policy", "snapshot", "panel", "predictions", "evaluation", "audit", "explanation",
        "evidence", "bundle",
    }  # fmt: skip


def test_facts_are_the_values_of_the_records(made: MakeMade) -> None:
    one = made(City())
    facts = collect_facts(one.evidence, one.blobs)
    records = read_records(one.evidence, one.blobs)
    assert (
        facts["evaluation.lift_over_best_baseline.lower"] == records.evaluation.lift_over_best_baseline.lower
    )
    assert facts["audit.disparities.income_quartile.q1.recall.ratio.value"] == 0.97
    assert facts["snapshot.sources.requests.rows"] == 30_000
    assert facts["predictions.splits.count"] == 3
    assert facts["evidence.audit"] == one.evidence.audit
    assert facts["panel.period.first"] == "2017-01-02"


def test_no_two_parts_share_a_fact(made: MakeMade) -> None:
    """As many names as there are leaves: a later part never overwrites an earlier one."""
    from civic_ai.records.record import flatten

    records = read_records(made(City()).evidence, made(City()).blobs)
    leaves = [name for stage in ("snapshot", "panel", "predictions", "evaluation", "audit", "explanation")
              for name, _ in flatten(getattr(records, stage), stage)]  # fmt: skip
    assert len(leaves) == len(set(leaves))
    assert set(leaves) <= set(facts_of(records))


def test_every_fact_of_the_policy_exists(made: MakeMade) -> None:
    for city in (City(), City(known=False), City(groups="small")):
        one = made(city)
        facts = collect_facts(one.evidence, one.blobs)
        assert [gate.fact for gate in load_policy().gates if gate.fact not in facts] == []


def test_the_public_sees_the_masked_evaluation_and_audit_and_nothing_else_changes(made: MakeMade) -> None:
    one = made(City(groups="small"))
    full = collect_facts(one.evidence, one.blobs)
    public = collect_facts(for_the_public(one.evidence), one.blobs)
    assert full["audit.groups.income_quartile.q1.recall.events"] == 7
    assert public["audit.groups.income_quartile.q1.recall.events"] is None
    differing = {name for name in full if full[name] != public.get(name)}
    assert {name.partition(".")[0] for name in differing} == {"audit", "evaluation", "evidence"}
    assert public["evaluation.is_masked"]


def test_cards_can_be_made_of_an_evaluation_of_which_everything_is_hidden(made: MakeMade) -> None:
    """The smallest city: every share of its evaluation counts too few."""
    one = made(City())
    strict = one.policy.model_copy(update={"suppression": Suppression(minimum=10**6)})
    evaluation = read_records(one.evidence, one.blobs).evaluation
    masked = mask_evaluation(evaluation, strict)
    assert {score.figure.value for score in masked.scores} == {None}
    evidence = one.evidence.model_copy(update={"evaluation_masked": one.blobs.put_record(masked)})
    cards = render_cards(evidence, one.gates, one.policy, one.blobs)
    assert b"1.24" in cards["board/board_brief.en.html"]
    assert b"1.24" not in cards["public/board_brief.en.html"]


@pytest.mark.parametrize(
    ("smallest", "verdict"), [(10, "fail"), (11, "pass"), (None, "unknown"), ("a rule", "pass")]
)
def test_a_model_is_asked_for_its_emptiest_leaf_and_a_rule_keeps_none(
    made: MakeMade, smallest: int | str | None, verdict: str
) -> None:
    one = made(City())
    assert one.policy.suppression.minimum == 11
    evidence = one.evidence
    if smallest != "a rule":
        bundle = Bundle(
            files={"model.json": one.blobs.put_record(model_record(smallest)), "booster.txt": "0" * 64}
        )
        evidence = evidence.model_copy(update={"bundle": one.blobs.put_record(bundle)})
    facts = collect_facts(evidence, one.blobs)
    assert facts["bundle.leaves_verdict"] == verdict
    assert facts["bundle.smallest_cell"] == (smallest if isinstance(smallest, int) else None)

"""Facts of the observer test are named by the period of each gain."""

from civic_ai.records.figure import Figure
from civic_ai.records.observer import ObserverGain, ObserverTest
from civic_ai.records.record import flatten


def test_facts_are_named_by_split() -> None:
    gain = ObserverGain(split="lockbox", measure="recall", model=Figure(value=0.2, n=40))
    facts = dict(flatten(ObserverTest(verdict="fail", gains=(gain,)), "audit.observer"))
    assert facts["audit.observer.verdict"] == "fail"
    assert facts["audit.observer.gains.lockbox.model.value"] == 0.2
    assert facts["audit.observer.gains.lockbox.within"] is None

"""Rules on what the audit compares: chosen metrics that the board's questions allow, pairs of attributes."""

from __future__ import annotations

from collections.abc import Iterator

from civic_ai.core.messages import say
from civic_ai.pilot.metric_tree import proposal_for
from civic_ai.pilot.rule import Broken, Rules
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.yaml import Path_


def _chosen_metrics_are_proposed(spec: PilotSpec) -> Iterator[Broken]:
    chosen = spec.audit.chosen
    if chosen is None:
        return
    _, proposal = proposal_for(spec)
    for i, metric in enumerate(chosen.metrics):
        if metric not in proposal.shown:
            yield (
                ("audit", "chosen", "metrics", i),
                say("{metric} is not measured for this kind of pilot", metric=metric),
                say("Known: {known}.", known=", ".join(proposal.shown)),
            )


def _pairs_can_be_crossed(spec: PilotSpec) -> Iterator[Broken]:
    attributes = spec.audit.attributes
    for i, pair in enumerate(spec.audit.intersections):
        place: Path_ = ("audit", "intersections", i)
        unknown = [name for name in pair if name not in attributes]
        if unknown:
            known = say("Known: {known}.", known=", ".join(attributes))
            yield place, say("there is no attribute called {name}", name=unknown[0]), known
        elif len(set(pair)) < len(pair):
            yield place, say("an attribute cannot be crossed with itself"), None
        elif all(attributes[name].shares for name in pair):
            yield (
                place,
                say("both attributes are shares of residents: nobody knows how they overlap within an area"),
                say("Pair an attribute of areas (quantiles or categories) with one of residents."),
            )


def _slices_need_sums(spec: PilotSpec) -> Iterator[Broken]:
    if spec.audit.search_slices and spec.question == "durations":
        yield ("audit", "search_slices"), say("waits are not searched for slices; leave it out"), None


RULES: Rules = {
    _chosen_metrics_are_proposed: "label unit capacity audit intervention",
    _pairs_can_be_crossed: "audit",
    _slices_need_sums: "label unit capacity audit",
}

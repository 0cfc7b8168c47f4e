"""Rules on mitigations: each starts from a candidate, has what its method needs, and answers a list."""

from __future__ import annotations

from collections.abc import Iterator

from civic_ai.core.messages import say
from civic_ai.pilot.mitigation import METHODS, Mitigation
from civic_ai.pilot.rule import Broken, Rules
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.yaml import Path_

_LISTS = ("ranking", "cases")


def _mitigations_fit(spec: PilotSpec) -> Iterator[Broken]:
    for name, asked in spec.models.mitigations.items():
        place: Path_ = ("models", "mitigations", name)
        if spec.question not in _LISTS:
            yield (
                place,
                say("a mitigation changes who stands on a list, and this question makes none"),
                say("Leave mitigations out of a question of {question}.", question=spec.question),
            )
        if asked.of not in spec.models.candidates:
            yield (
                (*place, "of"),
                say("{name} is not among the candidates", name=asked.of),
                say("Known: {known}.", known=", ".join(spec.models.candidates)),
            )
        yield from _attribute_fits(spec, place, asked)
        yield from _method_fits(spec, place, asked)


def _attribute_fits(spec: PilotSpec, place: Path_, asked: Mitigation) -> Iterator[Broken]:
    needs, known = METHODS[asked.method].attribute, ", ".join(spec.audit.attributes)
    if needs and asked.attribute is None:
        yield (
            place,
            say("{method} needs an attribute whose groups it evens out", method=asked.method),
            say("Add 'attribute'. Known: {known}.", known=known),
        )
    elif not needs and asked.attribute is not None:
        yield (
            (*place, "attribute"),
            say("{method} looks at no protected attribute", method=asked.method),
            say("Leave 'attribute' out."),
        )
    elif asked.attribute is not None and asked.attribute not in spec.audit.attributes:
        yield (
            (*place, "attribute"),
            say("{name} is not among the attributes of the audit", name=asked.attribute),
            say("Known: {known}.", known=known),
        )


def _method_fits(spec: PilotSpec, place: Path_, asked: Mitigation) -> Iterator[Broken]:
    if not METHODS[asked.method].can_be_used and spec.label.kind != "event":
        yield (
            (*place, "method"),
            say("{method} decides yes or no, so it needs a label of kind event", method=asked.method),
            say("Use one of: {allowed}.", allowed=", ".join(m for m, n in METHODS.items() if n.can_be_used)),
        )
    reporting = spec.audit.reporting
    knows_repeats = reporting.method == "duplicates" and None not in (reporting.source, reporting.incident)
    if asked.method == "corrected_target" and not (knows_repeats and reporting.life_days):
        yield (
            (*place, "method"),
            say("corrected_target learns from repeat reports which share of all need is ever reported"),
            say(
                "Give audit.reporting the method duplicates, 'incident' and 'life_days', "
                "or use another method."
            ),
        )


def _names_are_new(spec: PilotSpec) -> Iterator[Broken]:
    for name in sorted(set(spec.models.mitigations) & {*spec.models.candidates, *spec.models.baselines}):
        yield (
            ("models", "mitigations", name),
            say("{name} is given twice", name=name),
            say("Give the mitigation a name of its own."),
        )


def _preferred_exists(spec: PilotSpec) -> Iterator[Broken]:
    asked, mitigations = spec.models.preferred, spec.models.mitigations
    if asked is None:
        return
    usable = [name for name, part in mitigations.items() if METHODS[part.method].can_be_used]
    known = (*spec.models.candidates, *usable, *spec.models.baselines)
    if asked in mitigations and asked not in usable:
        says = say("{name} can be compared but not used: its model cannot be sealed", name=asked)
    elif asked not in known:
        says = say("{name} is not among what is tried", name=asked)
    else:
        return
    yield ("models", "preferred"), says, say("Known: {known}.", known=", ".join(known))


RULES: Rules = {
    _mitigations_fit: "models unit label capacity audit",
    _names_are_new: "models",
    _preferred_exists: "models",
}

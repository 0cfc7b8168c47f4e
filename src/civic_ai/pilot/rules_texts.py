"""Rules on what people read: written in every language of the review."""

from __future__ import annotations

from collections.abc import Iterator

from civic_ai.core.messages import say
from civic_ai.pilot.rule import Broken, Rules
from civic_ai.pilot.spec import PilotSpec
from civic_ai.records.text import Text
from civic_ai.store.yaml import Path_


def _languages_are_written(spec: PilotSpec) -> Iterator[Broken]:
    for place, text in _texts(spec):
        for language in spec.review.languages:
            if text is not None and text.any is None and getattr(text, language) is None:
                yield (
                    place,
                    say("is not written in {language}, a language of the review", language=language),
                    None,
                )


def _texts(spec: PilotSpec) -> Iterator[tuple[Path_, Text | None]]:
    """Every text of the spec with its place."""
    yield ("title",), spec.title
    yield ("decision",), spec.decision
    yield from ((("never_for", i), text) for i, text in enumerate(spec.never_for))
    yield ("unit", "name"), spec.unit.name
    if spec.unit.types is not None:
        for name, text in spec.unit.types.called.items():
            yield ("unit", "types", "called", name), text
    for name, source in spec.sources.items():
        yield from ((("sources", name, "gaps", i, "why"), gap.why) for i, gap in enumerate(source.gaps))
    yield ("label", "called"), spec.label.called
    yield ("capacity", "who"), spec.capacity.who
    for name, attribute in spec.audit.attributes.items():
        yield ("audit", "attributes", name, "called"), attribute.called
        for group, text in attribute.groups_called.items():
            yield ("audit", "attributes", name, "groups_called", group), text


RULES: Rules = {_languages_are_written: "title decision never_for unit sources label capacity audit review"}

from __future__ import annotations

import pytest

from tests.unit.pilot.written import TYPED, assert_only, broken

ENGLISH = "{en: words}"


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({", es: ¿Dónde ocurrirá?": ""}, "title"),
        ({"decision: Crews are sent": f"decision: {ENGLISH}"}, "decision"),
        ({"[enforcement]": f"[enforcement, {ENGLISH}]"}, "never_for[1]"),
        ({"unit: {name: cell": f"unit: {{name: {ENGLISH}"}, "unit.name"),
        ({"kind: event": f"kind: event, called: {ENGLISH}"}, "label.called"),
        ({"who: crews": f"who: {ENGLISH}"}, "capacity.who"),
        ({"quantiles: 4": f"quantiles: 4, called: {ENGLISH}"}, "audit.attributes.income.called"),
        (
            {"quantiles: 4": f"quantiles: 4, groups_called: {{q1: {ENGLISH}}}"},
            "audit.attributes.income.groups_called.q1",
        ),
        (
            {"known_at: created_at}": "known_at: created_at, gaps: "
             f"[{{first: 2016-03-01, last: 2016-03-02, why: {ENGLISH}}}]}}"},
            "sources.requests.gaps[0].why",
        ),
    ],
)  # fmt: skip
def test_what_people_read_is_written_in_every_language(changes: dict[str, str], place: str) -> None:
    assert_only(broken(changes), place, "is not written in es")


def test_the_names_of_types_are_too() -> None:
    found = broken(TYPED, {"tree: [Tree]}}": f"tree: [Tree]}}, called: {{tree: {ENGLISH}}}}}"})
    assert_only(found, "unit.types.called.tree", "is not written in es")


def test_a_plain_text_is_for_every_language() -> None:
    assert broken({"kind: event": "kind: event, called: a pothole"}) == []


def test_each_missing_language_is_named() -> None:
    found = broken({"languages: [en, es]": "languages: [en, es, pt]"})
    assert found == [("title", "is not written in pt, a language of the review")]

"""What a browser sent becomes the fields of a step; what nobody wrote is left out."""

from __future__ import annotations

from hypothesis import given as property_of
from hypothesis import strategies as st

from civic_ai.web.steps.fields import MOST_ROWS, fields_of
from civic_ai.web.steps.reading import Sent, given, rows_to_show
from tests.unit.web.steps.test_fields import AROUND


def read(kind: str, typed: dict[str, str], present: tuple[str, ...] = ()) -> dict[str, object]:
    return given(fields_of(kind, AROUND), Sent(typed, present), AROUND)


def test_empty_rows_are_left_out_and_the_others_numbered() -> None:
    typed = {"reason": " so \r\n it is ", "findings.0.text": " ", "findings.3.text": "odd",
             "findings.3.severity": "minor", "findings.7.text": "worse"}  # fmt: skip
    assert read("review", typed) == {
        "reason": "so \n it is",
        "findings": [
            {"id": "finding-1", "severity": "minor", "text": "odd"},
            {"id": "finding-2", "text": "worse"},
        ],
    }


def test_who_is_not_ticked_is_absent() -> None:
    assert read("open_meeting", {}, ("com", "stranger")) == {"present": ["com"], "absent": ["cha"]}


def test_a_binding_is_said_by_its_scope() -> None:
    typed = {
        "verdict": "approve",
        "binding.area": "all",
        "binding.use": "crews",
        "expires_on": "2026-09-01",
    }
    day = {"expires_on": "2026-09-01"}
    scope = {"area": "all", "use": "crews", "ends_on": "2026-09-01"}
    assert read("close_vote", typed) == {"verdict": "approve", **day, **scope}
    assert read("close_vote", {"verdict": "reject", **day}) == {"verdict": "reject", **day}
    assert "ends_on" not in read("close_vote", typed | {"expires_on": ""})
    own = {f"found.{name}": value for name, value in scope.items()} | {"found.ends_on": "2026-08-01"}
    assert read("void", own | {"expires_on": "2026-09-01"}) == scope | {"ends_on": "2026-08-01"}


def test_a_group_is_one_part() -> None:
    typed = {"holder.person": "ona", "holder.role": "owner", "holder.is_community": "false"}
    assert read("assign", typed)["holder"] == {"person": "ona", "role": "owner", "is_community": "false"}


@property_of(st.dictionaries(st.text(), st.text(max_size=5), max_size=8))
def test_whatever_comes_nothing_is_made_up(typed: dict[str, str]) -> None:
    assert set(read("close_vote", typed)) <= {
        "verdict", "reason", "conditions", "expires_on", "area", "use", "ends_on",
    }  # fmt: skip


def test_a_list_shows_its_rows_and_one_more() -> None:
    findings = next(each for each in fields_of("review", AROUND) if each.name == "findings")
    assert rows_to_show(findings, Sent({})) == 1
    assert rows_to_show(findings, Sent({"findings.4.text": "x"})) == 6
    assert rows_to_show(findings, Sent({"findings.4.text": "x"}), more=True) == 9
    assert rows_to_show(findings, Sent({f"findings.{MOST_ROWS - 1}.text": "x"}), more=True) == MOST_ROWS

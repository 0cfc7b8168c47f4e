from __future__ import annotations

from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import LANGUAGES, governance_folder
from civic_ai.policy.levels import DEMANDS, broken_levels, rules_for
from civic_ai.policy.load import load_policy
from civic_ai.records.levels import LEVELS, LevelRules

POLICY = load_policy()
TEXT = (governance_folder() / "policy.yaml").read_text("utf-8")


def with_rule(level: str, **change: object) -> list[tuple[object, ...]]:
    """Where a policy with one field of one level changed is found to be broken."""
    rules = LevelRules.model_validate({**POLICY.levels[level].model_dump(), **change})
    changed = POLICY.model_copy(update={"levels": {**POLICY.levels, level: rules}})
    return [place for place, _ in broken_levels(changed)]


def test_the_levels_that_came_along_are_sound() -> None:
    assert list(broken_levels(POLICY)) == []
    assert set(POLICY.levels) == set(LEVELS)
    for rules in POLICY.levels.values():
        said = [getattr(rules.means, language) for language in LANGUAGES]
        assert all(said)
        assert len(set(said)) == len(LANGUAGES)


def test_every_field_of_a_level_is_compared() -> None:
    fields = {name.split(".")[0] for name in DEMANDS}
    assert fields == set(LevelRules.model_fields) - {"means"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("gates_not_waivable", []),
        ("reviewers", ["technical_reviewer"]),
        ("outside_reviewers", 0),
        ("approver", "service_head"),
        ("notice", "plain"),
        ("explanation", "general"),
        ("group_analysis", False),
        ("fairness_gate", "waivable"),
        ("training", "use"),
        ("person_decides", False),
        ("privacy_assessment", "if_personal_data"),
        ("fallback_drill", False),
        ("comment_days", 29),
        ("expires_after_months", 13),
        ("check_after_months", None),
        ("majority", "present"),
        ("keep_records_years", 9),
    ],
)
def test_a_higher_level_may_not_ask_for_less(field: str, value: object) -> None:
    assert ("levels", "IV", field) in with_rule("IV", **{field: value})


@pytest.mark.parametrize("level", ["II", "III", "IV"])
def test_each_level_is_held_against_the_one_below(level: str) -> None:
    assert ("levels", level, "keep_records_years") in with_rule(level, keep_records_years=9)


def test_monitoring_may_not_become_rarer() -> None:
    seldom = {"signals": "monthly", "report": "quarterly"}
    assert with_rule("IV", monitoring=seldom) == [
        ("levels", "IV", "monitoring", "signals"),
        ("levels", "IV", "monitoring", "report"),
    ]


def test_a_lower_level_that_may_not_run_closes_those_above() -> None:
    assert ("levels", "III", "may_run") in with_rule("II", may_run=False)


def test_the_gravest_harm_is_no_pilot() -> None:
    assert ("levels", "IV", "may_run") in with_rule("IV", may_run=True)


def test_a_gate_that_does_not_exist_is_said() -> None:
    assert with_rule("IV", gates_not_waivable=[*POLICY.levels["IV"].gates_not_waivable, "nothing"]) == [
        ("levels", "IV", "gates_not_waivable", 3)
    ]


def test_stricter_is_always_allowed() -> None:
    assert with_rule("III", comment_days=30, expires_after_months=12) == []
    assert with_rule("IV", comment_days=60, keep_records_years=99, outside_reviewers=5) == []


def test_rules_for_a_level() -> None:
    assert rules_for(POLICY, "III") == POLICY.levels["III"]
    assert (rules_for(POLICY, "I").public_comment, rules_for(POLICY, "III").public_comment) == (False, True)
    with pytest.raises(ConfigError, match="does not say what impact level II asks"):
        rules_for(POLICY.model_copy(update={"levels": {}}), "II")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    comment_days: 30\n", "    comment_days: 400\n", "must be at most 365"),
        ("    expires_after_months: 24\n", "    expires_after_months: 36\n", "must be at most 24"),
        (
            "    outside_reviewers: 2\n",
            "    outside_reviewers: 0\n",
            "levels.IV.outside_reviewers: level IV may not",
        ),
        (
            "    check_after_months: 6\n",
            "    check_after_months: 12\n",
            "must be less than expires_after_months",
        ),
        ("  III:\n", "  V:\n", "levels"),
    ],
)
def test_a_policy_file_is_refused_with_its_line(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in TEXT
    (tmp_path / "policy.yaml").write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_policy(tmp_path / "policy.yaml")
    assert says in str(caught.value)
    assert "policy.yaml:" in str(caught.value)


def test_a_policy_file_without_levels_is_refused(tmp_path: Path) -> None:
    without = "\n".join(line for line in _without_block(TEXT.splitlines(), "levels:"))
    (tmp_path / "policy.yaml").write_text(without + "\n", "utf-8")
    with pytest.raises(ConfigError, match="say what these levels ask: I, II, III, IV"):
        load_policy(tmp_path / "policy.yaml")


def _without_block(lines: list[str], head: str) -> list[str]:
    """The lines without the top-level block that begins with ``head``."""
    start = lines.index(head)
    end = next((i for i in range(start + 1, len(lines)) if lines[i][:1] not in ("", " ", "#")), len(lines))
    return lines[:start] + lines[end:]

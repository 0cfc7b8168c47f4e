"""What the files say is what a step rests on. With a sealed dossier: tests/journey/test_decision.py."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from civic_ai.core.errors import ConfigError, Mistake, RefusedError
from civic_ai.core.messages import say
from civic_ai.records.action import ACTIONS
from civic_ai.records.reproduction import Deviation, Part, Reproduction
from civic_ai.review.step_evidence import by_name, filed, require_as_read, with_binding


def wanted(kind: str) -> list[str]:
    return list(ACTIONS[kind].model_fields)


def report(**changed: object) -> Reproduction:
    told = {"pilot": "p", "dossier": "a" * 64, "again": "b" * 64, "tolerance": 0.001, "compared": 9,
            "largest_off": 0.0, "parts": (), "deviations": ()}  # fmt: skip
    return Reproduction.model_validate(told | changed)


@pytest.mark.parametrize(
    ("kind", "field"),
    [("post_notice", "notice"), ("report_pilot", "report"), ("meet_condition", "proof"),
     ("request_renewal", "monitoring"), ("public_comment", "comment"), ("resident_appeal", "words")],
)  # fmt: skip
def test_a_file_is_named_by_its_digest_in_the_steps_own_field(tmp_path: Path, kind: str, field: str) -> None:
    (tmp_path / "f").write_bytes(b"what it says")
    assert filed(kind, [str(tmp_path / "f")], wanted(kind)) == {
        field: hashlib.sha256(b"what it says").hexdigest()
    }


def test_two_files_of_one_step_are_told_apart_by_name(tmp_path: Path) -> None:
    for name in ("a=b", "log"):
        (tmp_path / name).write_text(name)
    found = filed("report_pilot", [f"{tmp_path}/a=b", f"overrides={tmp_path}/log"], wanted("report_pilot"))
    assert found == {
        "report": hashlib.sha256(b"a=b").hexdigest(), "overrides": hashlib.sha256(b"log").hexdigest()
    }  # fmt: skip


def test_a_report_of_a_second_run_says_itself_of_what_and_whether_it_agrees(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    off = Deviation(fact="f", sealed=1, found=2, off=0.5)
    for made, agrees in ((report(), True), (report(deviations=(off,)), False)):
        file.write_bytes(made.to_json())
        assert filed("attest_reproduction", [str(file)], wanted("attest_reproduction")) == {
            "report": made.digest, "dossier": "a" * 64, "agrees": agrees
        }  # fmt: skip
    changed = Part(name="spec", kind="promised", sealed="a", found="b")
    file.write_bytes(report(parts=(changed,)).to_json())
    assert filed("attest_reproduction", [str(file)], wanted("attest_reproduction"))["agrees"] is False
    file.write_text("{}")
    with pytest.raises(ConfigError, match="is no report of a second run"):
        filed("attest_reproduction", [str(file)], wanted("attest_reproduction"))


def test_a_file_that_is_not_there_or_not_asked_for(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        filed("post_notice", [str(tmp_path / "none")], wanted("post_notice"))
    with pytest.raises(ConfigError, match="the step vote names no file"):
        filed("vote", [str(tmp_path)], wanted("vote"))


def test_what_is_typed_as_the_files_say_it_is_taken() -> None:
    read = {"open_gates": ["a", "b"], "agrees": True}
    require_as_read(read, {})
    require_as_read(read, {"open_gates": ("b", "a"), "agrees": "true", "reason": "x"})
    for typed in ({"open_gates": ["a"]}, {"open_gates": []}, {"agrees": "false"}):
        with pytest.raises(RefusedError, match="the files say") as refused:
            require_as_read(read, typed)
        assert [mistake.about for mistake in refused.value.mistakes] == list(typed)


@pytest.mark.parametrize(
    ("field", "name", "remedy"),
    [("A05", "Accountable person", "civic-ai answer PILOT --field A05"), ("E04", "Stability", "The run"),
     ("M01", "Reviewers", "A step of the workflow")],
)  # fmt: skip
def test_a_missing_field_has_its_name_and_who_fills_it(field: str, name: str, remedy: str) -> None:
    told = by_name(Mistake(field, say("is missing")), "en").text()
    assert told.startswith(f"{field} ({name}): is missing")
    assert remedy in told


def test_any_other_refusal_stays_as_it_is() -> None:
    other = Mistake("expires_on", say("is missing"), remedy=say("Give it."))
    assert by_name(other, "en") is other


def test_a_binding_is_read_only_where_all_of_its_scope_is_given() -> None:
    given = {"verdict": "approve"}
    assert with_binding(given, wanted("close_vote"), Path("anywhere")) == given
    whole = given | {"area": "all", "use": "look", "ends_on": "2027-06-30"}
    assert with_binding(whole, wanted("close_vote"), None) == whole
    assert with_binding(whole, wanted("waive"), Path("anywhere")) == whole
    part = given | {"use": "look"}
    with pytest.raises(ConfigError) as wrong:
        with_binding(part, wanted("close_vote"), Path("anywhere"))
    assert [each.about for each in wrong.value.mistakes] == ["binding.area", "binding.ends_on"]

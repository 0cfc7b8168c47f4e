"""An attack on the published files of a dossier recovers nothing; without suppression, everything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from civic_ai.data.synthetic_settings import CitySettings
from civic_ai.records.audit import AuditReport
from civic_ai.records.dossier import Dossier
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.record import flatten
from civic_ai.results import PilotRun
from civic_ai.runner import run
from civic_ai.tracking.log import describe_dossier
from tests.journey import attack_moves, attack_tables, attacker, faults
from tests.journey.tiny import quick

MINIMUM, ROUND_TO = 11, 10
LATER_REQUESTS = 6


@dataclass(frozen=True)
class Published:
    """A finished run, and what the attacker may read of it."""

    run: PilotRun

    @property
    def truth(self) -> AuditReport:
        return AuditReport.model_validate_json((self.run.dossier / "full/records/audit.json").read_bytes())

    @property
    def evaluation(self) -> Evaluation:
        path = self.run.dossier / "full/records/evaluation.json"
        return Evaluation.model_validate_json(path.read_bytes())

    @property
    def facts(self) -> attacker.Facts:
        """Of the public records and pages together."""
        public = self.run.dossier / "public"
        return {**attacker.read_pages(public), **attacker.read_records(public / "records")}


def _city(folder: Path, later: int) -> Path:
    """The tiny city with wings of very different size, and halves that are made of wings. ``later``: so many
    requests in the smallest wings come only in a later version of the files."""
    made = faults.draft(CitySettings(size="tiny", seed=3))
    areas, requests = made.tables["areas"], made.tables["requests"]
    order = np.argsort(requests["area_id"].map(requests["area_id"].value_counts()).to_numpy(), kind="stable")
    quiet_first = list(dict.fromkeys(requests["area_id"].iloc[order].dropna()))
    wing = {area: "abcdef"[min(i, 5)] if i < 6 else "gh"[i % 2] for i, area in enumerate(quiet_first)}
    areas["wing"] = areas["area_id"].map(wing).fillna("g")
    areas["half"] = areas["wing"].map(lambda name: "first" if name in "ag" else "second")
    text = {"type": "text", "personal": "none", "why": "The name of a part of the city"}
    made.contracts["areas"]["columns"] |= {"wing": dict(text), "half": dict(text)}
    made.spec["audit"]["attributes"] |= {
        name: {"from": "areas", "column": name, "categories": True, "reference_group": reference}
        for name, reference in (("wing", "g"), ("half", "second"))
    }
    made.spec["audit"]["reporting"]["attribute"] = "wing"
    made.spec["audit"]["intersections"] = [["home_language", "income_quarter"], ["wing", "income_quarter"]]
    made.spec["as_of"]["every_days"] = 28
    made.spec["validation"]["splits"] = 2
    made.spec["models"].pop("mitigations", None)
    made.spec["review"]["languages"] = ["en"]
    recent = requests[requests["created_at"].between("2023-09", "2024-03")]
    few = recent[(recent["request_type"] == "pothole") & recent["area_id"].isin(quiet_first[6:10])]
    made.tables["requests"] = requests.drop(few.index[: LATER_REQUESTS - later])
    return faults.write(made, folder)


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Published, Published, Published]:
    """Two versions of one dossier, between which a few requests were added; and the second again, by somebody
    who says what was published before it."""
    base = tmp_path_factory.mktemp("attack")
    first, second = _city(base / "first", 0), _city(base / "second", LATER_REQUESTS)
    before = Published(run(first, quick(base / "first-workspace")))
    now = Published(run(second, quick(base / "second-workspace")))
    told = Published(run(second, quick(base / "second-workspace", after=before.run.dossier)))
    return before, now, told


def _version(
    name: str, facts: attacker.Facts, truth: AuditReport, *, is_masked: bool = True
) -> attacker.Version:
    exact = {} if is_masked else {"round_to": 1e-6, "share_step": 1e-6}
    return attacker.Version(name, facts, truth, **{"round_to": ROUND_TO, **exact})


def test_no_small_count_of_a_group_is_recovered_from_the_published_files(versions):
    first, *_ = versions
    tried, found = attacker.narrowed(
        attacker.attack_counts(_version("1", first.facts, first.truth), MINIMUM), MINIMUM
    )
    board = dict(flatten(first.truth, "audit"))
    _, without = attacker.narrowed(
        attacker.attack_counts(_version("1", board, first.truth, is_masked=False), MINIMUM), MINIMUM
    )
    print(f"small counts of groups: {tried} tried, {len(found)} recovered; "
          f"{len(without)} where suppression is off")  # fmt: skip
    assert tried > 10
    assert found == []
    assert len(without) == tried


def test_no_small_count_behind_a_share_of_the_evaluation_is_recovered(versions):
    first, *_ = versions
    full, board = first.evaluation, dict(flatten(first.evaluation, "evaluation"))
    found = list(attacker.attack_shares(full, first.facts, MINIMUM, (ROUND_TO / 2, 0.005)))
    without = list(attacker.attack_shares(full, board, MINIMUM, (0.0, 0.0)))
    print(f"small counts behind shares: {len(found)} recovered; {len(without)} where suppression is off")
    assert found == []
    assert len(without) > 0


def _changes(one: Published, two: Published) -> tuple[int, list[str]]:
    told = [_version(str(i), each.facts, each.truth) for i, each in enumerate((one, two))]
    return attacker.narrowed(attacker.attack_changes(told[0], told[1], MINIMUM), MINIMUM)


def test_two_versions_do_not_tell_who_came_between_them(versions):
    first, second, told = versions
    tried, found = _changes(first, told)
    _, careless = _changes(first, second)
    board = [dict(flatten(one.truth, "audit")) for one in (first, second)]
    _, without = attacker.narrowed(
        attacker.attack_changes(
            _version("1", board[0], first.truth, is_masked=False),
            _version("2", board[1], second.truth, is_masked=False),
            MINIMUM,
        ),
        MINIMUM,
    )
    print(f"small changes between versions: {tried} tried, {len(found)} recovered; {len(careless)} where "
          f"nobody says what was published before; {len(without)} where suppression is off")  # fmt: skip
    assert tried > 10
    assert found == []
    assert careless
    assert len(without) == tried


RECORDS = ("audit", "evaluation", "explanation", "predictions")


def _moves(one: Published, two: Published, side: str, blur: tuple[float, float]) -> tuple[int, list[str]]:
    """The attack on every count of every record, of which ``side`` is what is published."""
    tried, found = 0, []
    for record in RECORDS:
        full, seen = (
            tuple({record: json.loads((each.run.dossier / folder / f"records/{record}.json").read_bytes())}
                  for each in (one, two))
            for folder in ("full", side)
        )  # fmt: skip
        guesses = ((name.lstrip("."), *rest) for name, *rest in attack_moves.attack_moves(
            full, seen, MINIMUM, blur))  # fmt: skip
        more, names = attacker.narrowed(guesses, MINIMUM)
        tried, found = tried + more, found + names
    return tried, found


def test_two_versions_of_no_record_tell_who_came_between_them(versions):
    """Bins, quarters, splits, pairs, slices, repeat reports: every count that moved by few."""
    first, second, told = versions
    half = (ROUND_TO / 2, 0.005)
    tried, found = _moves(first, told, "public", half)
    _, careless = _moves(first, second, "public", half)
    _, without = _moves(first, second, "full", (0.0, 0.0))
    print(f"small changes in all records: {tried} tried, {len(found)} recovered; {len(careless)} where "
          f"nobody says what was published before; {len(without)} where suppression is off")  # fmt: skip
    assert tried > 100
    assert found == []
    assert careless
    assert len(without) == tried


def test_the_record_says_which_version_it_was_masked_against(versions):
    first, second, told = versions
    assert told.run.evidence.after == first.run.dossier_record.digest
    assert second.run.evidence.after is None
    assert told.truth == second.truth
    assert told.run.evidence.audit == second.run.evidence.audit
    assert told.run.evidence.audit_masked != second.run.evidence.audit_masked


def test_small_counts_of_visits_pairs_and_reports_are_not_recovered(versions):
    first, *_ = versions
    board = dict(flatten(first.truth, "audit"))
    for name, attack in attack_tables.ATTACKS.items():
        tried, found = attacker.narrowed(attack(first.truth, first.facts, ROUND_TO), MINIMUM)
        _, without = attacker.narrowed(attack(first.truth, board, 1e-6), MINIMUM)
        print(f"{name}: {tried} tried, {len(found)} recovered; {len(without)} where suppression is off")
        assert tried > 0, name
        assert found == [], name
        assert without, name


def test_pages_and_pictures_show_the_masked_figures_and_no_others(versions):
    """A fact on a public page is the public record's; a number in a picture is not one of a hidden figure."""
    first, *_ = versions
    public, full = first.run.dossier / "public", first.run.dossier / "full"
    records, secret = attacker.read_records(public / "records"), attacker.read_records(full / "records")
    pages = attacker.read_pages(public)
    assert len(pages) > 200
    differ = [
        name for name, shown in pages.items() if name in records and records[name] != pytest.approx(shown)
    ]
    assert differ == []
    hidden = {
        f"{value:.3g}"
        for name, value in secret.items()
        if isinstance(value, float) and records.get(name) is None and len(f"{value:.3g}") > 4
    }
    assert hidden
    told = {f"{value:.3g}" for value in records.values() if isinstance(value, float)}
    drawn = {f"{float(number):.3g}" for number in attacker.read_pictures(public)}
    assert drawn
    assert (hidden - told) & drawn == set()


def test_the_mirror_to_mlflow_says_nothing_that_the_public_records_do_not(versions):
    first, *_ = versions
    log = describe_dossier(first.run.dossier_record.digest, first.run.dossier, first.run.workspace.blobs)
    public = first.run.dossier / "public/records"
    numbers = set(_numbers(*(json.loads(path.read_bytes()) for path in public.glob("*.json"))))
    gates = {measure.value for measure in log.parent.measures if measure.name.startswith("gates/")}
    said = {measure.value for each in (log.parent, *log.children) for measure in each.measures} - gates
    assert said
    assert {round(value, 9) for value in said} <= {round(value, 9) for value in numbers}
    assert all(path.startswith("public/") or path == "manifest.json" for path in log.files)


def _numbers(*parts):
    for part in parts:
        if isinstance(part, dict):
            yield from _numbers(*part.values())
        elif isinstance(part, list):
            yield from _numbers(*part)
        elif isinstance(part, int | float) and not isinstance(part, bool):
            yield float(part)


def test_what_is_not_masked_is_marked_for_the_board(versions):
    first, *_ = versions
    manifest = Dossier.model_validate_json((first.run.dossier / "manifest.json").read_bytes())
    audiences = {file.path: file.audience for file in manifest.files}
    assert {path for path, audience in audiences.items() if audience == "public"} == {
        path for path in audiences if path.startswith("public/")
    }
    assert {"full/records/audit.json", "board/model_card.en.html"} <= audiences.keys()
    assert all(
        audiences[path] == "board" for path in audiences if path.startswith(("full/", "board/", "bundle/"))
    )

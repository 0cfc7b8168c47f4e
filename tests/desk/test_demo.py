"""The demonstration: a case in each state, by real signatures; its dossiers say what a run says today."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path
from typing import get_args

import pytest
from tools.demo import ARCHIVE, README, packed, run_pilot, write_pilot
from tools.examples import said

from civic_ai.cards.verification import verify
from civic_ai.policy.load import load_policy
from civic_ai.records.case import State
from civic_ai.review.key_files import note_key, read_key_file
from civic_ai.review.ledger import open_ledger
from civic_ai.review.ledger_judged import judge_database
from civic_ai.review.ledger_trust import Trust
from civic_ai.review.office import Office
from civic_ai.store.workspace import Workspace
from civic_ai.web.demo.found import unpack
from civic_ai.web.demo.kept import Kept
from civic_ai.web.demo.people import PLAYERS
from civic_ai.web.demo.pilots import PILOTS
from tests.desk.conftest import Running

REBUILT = next(pilot for pilot in PILOTS if pilot.service == "lights")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("unpacked")
    unpack(home)
    return home


def test_a_case_stands_in_each_state_and_every_step_is_signed(running: Running) -> None:
    workspace = Workspace(running.home)
    url = f"sqlite:///{running.home}/ledger.sqlite"
    cases = Office(open_ledger(url), load_policy(), workspace.blobs).cases()
    assert {pilot.name: cases[pilot.name].state for pilot in PILOTS} == {
        pilot.name: pilot.left_in for pilot in PILOTS
    }
    assert {case.state for case in cases.values()} == set(get_args(State)) - {"unopened"}
    log = note_key(read_key_file(running.home / "keys" / "log.key")).public
    assert judge_database(url, workspace, Trust(log)).is_good


def test_seven_people_have_passwords_that_are_kept_nowhere(running: Running) -> None:
    assert set(running.passwords) == {player.account for player in PLAYERS}
    assert len(set(running.passwords.values())) == len(PLAYERS) == 7
    kept = [path for path in running.home.iterdir() if path.is_file()]
    for path in (*kept, *(running.home / "keys").iterdir()):
        content = path.read_bytes()
        assert not [one for one in running.passwords.values() if one.encode() in content], path


def test_the_archive_holds_sealed_dossiers_and_no_pickle(unpacked: Path) -> None:
    assert ARCHIVE.stat().st_size < 1_000_000
    with tarfile.open(ARCHIVE) as archive:
        names = archive.getnames()
    assert not [name for name in names if name.endswith((".pkl", ".pickle", ".joblib"))]
    for pilot in PILOTS:
        (dossier,) = (unpacked / "dossiers" / pilot.name).iterdir()
        found = verify(dossier)
        assert found.intact, pilot.name
        report = json.loads((unpacked / "pilots" / pilot.name / "reproduction.json").read_bytes())
        assert (report["dossier"], report["deviations"]) == (found.digest, []), pilot.name


def test_pilots_of_one_service_answer_the_same_fields(unpacked: Path) -> None:
    """On that rests that the demonstration asks once for each service (``Taking``)."""
    policy, answered = load_policy(), {}
    last = {pilot.service: pilot for pilot in PILOTS}.values()
    first = {pilot.service: pilot for pilot in reversed(PILOTS)}.values()
    for pilot in (*first, *last):
        (dossier,) = (unpacked / "dossiers" / pilot.name).iterdir()
        kept = Kept(pilot, policy, unpacked / "pilots" / pilot.name, dossier)
        assert answered.setdefault(pilot.service, kept.answered({})) == kept.answered({}), pilot.name


def test_what_the_cities_say_is_what_the_tool_writes(unpacked: Path, tmp_path: Path) -> None:
    for pilot in PILOTS:
        written = write_pilot(pilot, tmp_path / pilot.name)
        for file in ("pilot.yaml", "answers.yaml", "impact.yaml", "README.md"):
            shipped = unpacked / "pilots" / pilot.name / file
            assert shipped.read_text("utf-8") == (written / file).read_text("utf-8"), "run `make demo`"
    assert README.format(name="x").startswith("# x")


@pytest.mark.slow
def test_a_dossier_says_what_a_run_says(unpacked: Path, tmp_path: Path) -> None:
    (shipped,) = (unpacked / "dossiers" / REBUILT.name).iterdir()
    made = run_pilot(write_pilot(REBUILT, tmp_path / REBUILT.name), tmp_path / "workspace")
    cards = sorted(path.relative_to(made).as_posix() for path in made.glob("*/*.html"))
    assert cards == sorted(path.relative_to(shipped).as_posix() for path in shipped.glob("*/*.html"))
    for card in cards:
        told = [said((folder / card).read_text("utf-8")) for folder in (made, shipped)]
        assert told[0] == told[1], f"{card}: run `make demo`"


def test_the_same_files_are_packed_to_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "pilots" / PILOTS[0].name
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    first = packed(tmp_path)
    (folder / "a.txt").touch()
    assert packed(tmp_path) == first

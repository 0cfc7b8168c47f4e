"""A run that is killed at any moment and started again ends with the digests of an undisturbed one."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest

from civic_ai.cards.verification import verify
from tests.journey.killed import Moment, Nursery
from tests.journey.tiny import write_tiny_pilot

STAGES_BEGIN_AND_END = 18
NEVER = Moment("stage", 0)


def digests(workspace: Path) -> list[str]:
    """Every sealed dossier of a workspace by its digest, after it was found intact."""
    found = []
    for manifest in sorted((workspace / "dossiers").rglob("manifest.json")):
        checked = verify(manifest.parent)
        assert checked.intact
        found.append(checked.digest)
    return found


def different(one: Path, two: Path) -> list[str]:
    """The files that two workspaces do not have in common."""
    found = [
        {
            file["path"]: file["sha256"]
            for manifest in (workspace / "dossiers").rglob("manifest.json")
            for file in json.loads(manifest.read_bytes())["files"]
        }
        for workspace in (one, two)
    ]
    return sorted(path for path in found[0] | found[1] if found[0].get(path) != found[1].get(path))


def moments(seed: int) -> list[Moment]:
    """25 moments in random order: every stage begun or ended, renames before and after, any millisecond."""
    drawn = random.Random(seed)
    stages = [Moment("stage", number) for number in drawn.sample(range(1, STAGES_BEGIN_AND_END + 1), 10)]
    renames = [
        Moment(drawn.choice(["before_rename", "after_rename"]), drawn.randint(1, 40)) for _ in range(9)
    ]
    times = [Moment("milliseconds", drawn.randint(50, 3000)) for _ in range(6)]
    return drawn.sample([*stages, *renames, *times], 25)


@pytest.mark.slow
def test_25_kills_leave_the_same_digests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workspace is struck again and again until a run gets to its end; then the next one begins."""
    seed = random.SystemRandom().randrange(10**6)
    pilot = write_tiny_pilot(tmp_path / "tiny-potholes")
    undisturbed, struck = tmp_path / "undisturbed", tmp_path / "struck"
    hit: dict[str, int] = {}
    with Nursery() as nursery:
        assert nursery.run(pilot, undisturbed, NEVER) == "done"
        expected = digests(undisturbed)
        assert len(expected) == 1
        for moment in [*moments(seed), NEVER]:
            where = nursery.run(pilot, struck, moment)
            hit[where] = hit.get(where, 0) + 1
            if where == "done":
                told = f"{moment} (seed {seed}): {different(struck, undisturbed)}"
                assert digests(struck) == expected, told
                shutil.rmtree(struck)
    with capsys.disabled():
        print(f"\nkills by stage and moment (seed {seed}): {json.dumps(hit, sort_keys=True)}")
    assert sum(hit.values()) - hit["done"] >= 15

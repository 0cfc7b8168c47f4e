"""What is not approved is opened apart: hundreds of damaged models, and this process is still here."""

from __future__ import annotations

import json
import shlex
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from civic_ai.core.canonical import canonical_json, digest_of_bytes
from civic_ai.core.errors import RefusedError
from civic_ai.deployment.apart import Apart, Limits
from civic_ai.deployment.loader import open_approved

from .conftest import Sealed
from .damage import damaged

DAMAGES = 200
QUICK = Limits(memory_bytes=4 * 1024**3, cpu_seconds=5, wall_seconds=10.0)


@pytest.fixture(scope="module")
def rows(sealed: Sealed) -> pd.DataFrame:
    names = open_approved(sealed.dossier / "bundle", sealed.binding).features
    values = np.random.default_rng(3).gamma(2.0, size=(40, len(names)))
    return pd.DataFrame(values, columns=list(names))


@pytest.fixture(scope="module")
def apart() -> Iterator[Apart]:
    with Apart(QUICK) as process:
        yield process


def bundle(sealed: Sealed, to: Path, text: bytes) -> Path:
    """A bundle around ``text`` in which every digest is right: only an approval could tell."""
    model = (sealed.dossier / "bundle" / "model.json").read_bytes()
    files = {"model.json": digest_of_bytes(model), "booster.txt": digest_of_bytes(text)}
    to.mkdir(exist_ok=True)
    (to / "model.json").write_bytes(model)
    (to / "booster.txt").write_bytes(text)
    (to / "bundle.json").write_bytes(canonical_json({"format": "bundle/1", "files": files}))
    return to


def test_a_sound_model_says_what_it_says_here(sealed: Sealed, apart: Apart, rows: pd.DataFrame) -> None:
    here = open_approved(sealed.dossier / "bundle", sealed.binding).score(rows)
    assert (apart.score(sealed.dossier / "bundle", rows) == here).all()


def test_hundreds_of_damaged_models_end_no_process_but_their_own(
    sealed: Sealed, apart: Apart, rows: pd.DataFrame, tmp_path: Path
) -> None:
    """With every digest made right again LightGBM does read them. Some it scores (a digit in a leaf): that is
    why an approval binds to a digest. The others are refusals, each with a sentence."""
    text = (sealed.dossier / "bundle" / "booster.txt").read_bytes()
    came_of: Counter[str] = Counter()
    for made in damaged(text, DAMAGES, seed=11):
        folder = bundle(sealed, tmp_path / "bundle", made)
        came_of[_came_of(apart, folder, rows)] += 1
        with pytest.raises(RefusedError):
            open_approved(folder, sealed.binding)
    assert sum(came_of.values()) == DAMAGES
    assert came_of["died"] > 0, came_of  # else this test would show nothing
    assert came_of["refused"] > 0
    here = open_approved(sealed.dossier / "bundle", sealed.binding).score(rows)
    assert (apart.score(sealed.dossier / "bundle", rows) == here).all()


def _came_of(apart: Apart, folder: Path, rows: pd.DataFrame) -> str:
    try:
        apart.score(folder, rows)
    except RefusedError as refused:
        return _kind(str(refused))
    return "scored"


def _kind(text: str) -> str:
    return "died" if "signal" in text else "late" if "took longer" in text else "refused"


def test_what_hangs_is_ended_by_the_clock(sealed: Sealed, rows: pd.DataFrame, tmp_path: Path) -> None:
    """A pipe in the place of the model never ends to be read; here a clock that has already run out."""
    with Apart(Limits(wall_seconds=0.0)) as process:
        for _ in range(2):
            with pytest.raises(RefusedError, match="took longer than"):
                process.score(sealed.dossier / "bundle", rows)


def test_too_little_memory_is_a_refusal(sealed: Sealed, rows: pd.DataFrame) -> None:
    with Apart(Limits(memory_bytes=1 << 20)) as process, pytest.raises(RefusedError):
        process.score(sealed.dossier / "bundle", rows)


def test_too_little_processor_is_a_refusal(sealed: Sealed, rows: pd.DataFrame) -> None:
    with Apart(Limits(cpu_seconds=0)) as process, pytest.raises(RefusedError):
        process.score(sealed.dossier / "bundle", rows)


@pytest.fixture
def in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Start a shell in the place of the process that opens models: it says these lines, then waits. What is
    tried is how this side takes an answer, and 2.6 s of reading libraries are spared each time."""

    def use(*lines: str) -> None:
        program = tmp_path / "says"
        said = "".join(f"printf '%s\\n' {shlex.quote(line)}\n" for line in lines)
        program.write_text(f"#!/bin/sh\n{said}exec sleep 60\n")
        program.chmod(0o700)
        monkeypatch.setattr(sys, "executable", str(program))

    return use


READY = '{"ready": true}'


def test_when_the_process_itself_is_killed(
    sealed: Sealed, rows: pd.DataFrame, in_its_place: Callable[..., None]
) -> None:
    in_its_place(READY)
    with Apart() as process:
        process._process.kill()
        process._process.wait()
        with pytest.raises(RefusedError, match="has ended"):
            process.score(sealed.dossier / "bundle", rows)


@pytest.mark.parametrize(
    "answer", ["null", "[1, 2]", "no json", '{"scores": [1e400, 1]}', '{"scores": [1, 2, 3]}']
)
def test_an_answer_that_is_none(
    sealed: Sealed, rows: pd.DataFrame, answer: str, in_its_place: Callable[..., None]
) -> None:
    in_its_place(READY, answer)
    with Apart() as process, pytest.raises(RefusedError):
        process.score(sealed.dossier / "bundle", rows.head(2))


def test_an_answer_of_a_number_a_row_is_taken(
    sealed: Sealed, rows: pd.DataFrame, in_its_place: Callable[..., None]
) -> None:
    in_its_place(READY, '{"scores": [1, 2.5]}')
    with Apart() as process:
        assert process.score(sealed.dossier / "bundle", rows.head(2)).tolist() == [1, 2.5]


@pytest.mark.parametrize("first", ['{"ready": false}', "no json", '{"scores": [1, 2]}'])
def test_a_process_that_does_not_say_that_it_is_ready(first: str, in_its_place: Callable[..., None]) -> None:
    in_its_place(first)
    with pytest.raises(RefusedError, match="did not start"), Apart():
        raise AssertionError("it was used")


def test_blanks_arrive_as_blanks(sealed: Sealed, apart: Apart, rows: pd.DataFrame) -> None:
    blank = rows.where(rows < 2.0)
    here = open_approved(sealed.dossier / "bundle", sealed.binding).score(blank)
    assert (apart.score(sealed.dossier / "bundle", blank) == here).all()


def test_columns_that_the_model_needs_are_missing(sealed: Sealed, apart: Apart, rows: pd.DataFrame) -> None:
    with pytest.raises(RefusedError, match="cannot be opened: DataError"):
        apart.score(sealed.dossier / "bundle", rows.iloc[:, 1:])


def test_limits_are_told_as_json() -> None:
    from dataclasses import asdict

    assert json.loads(json.dumps(asdict(Limits())))["cpu_seconds"] == 60

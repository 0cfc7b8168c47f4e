"""The cards that stand in the repository say what a run says today; the gates are told as promised."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tools.examples import CARDS, PILOT, public_cards, said

from civic_ai.core.messages import LANGUAGES
from civic_ai.reproduction import not_mirrored
from civic_ai.runner import Options, run

_ROW = re.compile(r"^\| `([a-z-]+)` \| (Pass|Fail|Not known) \|", re.MULTILINE)
_WORDS = {"pass": "Pass", "fail": "Fail", "unknown": "Not known"}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("example")


@pytest.mark.slow
def test_the_cards_in_the_repository_say_what_a_run_says(workspace: Path) -> None:
    made = public_cards(workspace)
    standing = {path.name: path.read_text("utf-8") for path in CARDS.glob("*.html")}
    assert set(made) == set(standing), "run `make examples`"
    assert {name.split(".")[-2] for name in made} == set(LANGUAGES)
    for name, card in made.items():
        assert said(card) == said(standing[name]), f"{name}: run `make examples`"


@pytest.mark.slow
def test_each_gate_is_told_as_the_readme_of_the_example_promises(workspace: Path) -> None:
    promised = dict(_ROW.findall((PILOT / "README.md").read_text("utf-8")))
    checks = run(PILOT, Options(workspace=workspace, mirror=not_mirrored)).gates.checks
    assert promised == {check.gate: _WORDS[check.verdict] for check in checks}

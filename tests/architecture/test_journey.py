"""Journey, layers, test folders and verbs are one list."""

from __future__ import annotations

import tomllib
from importlib import import_module

import pytest
import typer.main

from civic_ai.cli.app import app
from civic_ai.journey import JOURNEY, OTHER_VERBS, WHOLE_JOURNEY_VERBS, stage
from tests.architecture.source import PACKAGE, ROOT, TESTS, modules, package_of

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
LAYERS = next(contract["layers"] for contract in CONTRACTS if contract["id"] == "layers")[::-1]


def test_layers_are_all_packages_that_stand() -> None:
    standing = {package_of(path) for path in modules()} - {"__init__", "__main__"}
    assert set(LAYERS) == standing


def test_the_journey_runs_in_the_order_of_the_layers() -> None:
    stages = [entry.package for entry in JOURNEY]
    assert stages == [layer for layer in LAYERS if layer in stages]


def test_every_package_has_its_test_folder_and_no_other_stands() -> None:
    packages = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    folders = {
        path.name for path in (TESTS / "unit").iterdir() if path.is_dir() and path.name != "__pycache__"
    }
    assert folders == packages


def test_each_verb_names_its_stage() -> None:
    declared = [verb for entry in JOURNEY for verb in entry.verbs]
    declared += [*WHOLE_JOURNEY_VERBS, *OTHER_VERBS]
    assert sorted(declared) == sorted(typer.main.get_command(app).commands)


def test_each_record_of_the_journey_exists() -> None:
    homes = [
        "civic_ai.pilot.spec",
        *(f"civic_ai.records.{p.stem}" for p in (PACKAGE / "records").glob("*.py")),
    ]
    known = {name for home in homes for name in vars(import_module(home))}
    assert {entry.record for entry in JOURNEY if entry.record} <= known


def test_an_unknown_package_is_no_stage() -> None:
    with pytest.raises(KeyError):
        stage("kitchen")

# ruff: noqa: E501 (a row of the table is one line)
"""Attacks on a simple rule that was approved: its file and its parameters are bound like a model's."""

from __future__ import annotations

import json
from pathlib import Path

from civic_ai.models.baselines import RULES
from civic_ai.models.rules import Rule
from tests.attacks.attack import Attack
from tests.attacks.on_use import (
    CREW,
    FILES,
    FROM_RELEASE,
    PICKLE,
    REFUSED,
    SCORE,
    declares,
    flip,
    in_files,
    in_release,
    other_model,
)
from tests.attacks.world import World

RULE = "year_count"
ANOTHER = "dossier: approved was .*bundle: approved was"


def _parameters(folder: Path, **changed: object) -> None:
    """Other parameters, and every digest above them made anew; ``model.json`` tells of the old ones."""
    rule = RULES[RULE].model_copy(update=changed)
    other_model(folder, {"rule.json": rule.to_json()})


def _another_rule(folder: Path, rule: Rule) -> None:
    """Another rule that agrees with its ``model.json``, and every digest above them made anew."""
    horizon = json.loads((folder / "bundle/model.json").read_bytes())["horizon_days"]
    model = rule.scorer("event", horizon).model
    other_model(folder, {"rule.json": rule.to_json(), "model.json": model.to_json()})


def _in_the_release(world: World) -> None:
    flip("dossier/bundle/rule.json")(world.release)


ON_RULES: tuple[Attack, ...] = (
    Attack("a byte of the rule changed", FILES, SCORE, REFUSED, "altered after it was sealed: bundle/rule.json", in_files(flip("bundle/rule.json"))),
    Attack("a byte of what the rule reads changed", FILES, SCORE, REFUSED, "altered after it was sealed: bundle/model.json", in_files(flip("bundle/model.json"))),
    Attack("a shorter window, and all digests made anew", FILES, SCORE, REFUSED, ANOTHER, in_files(lambda folder: _parameters(folder, window_days=28))),
    Attack("the lowest first, and all digests made anew", FILES, SCORE, REFUSED, ANOTHER, in_files(lambda folder: _parameters(folder, sign=-1))),
    Attack("another rule, and all digests made anew", FILES, SCORE, REFUSED, ANOTHER, in_files(lambda folder: _another_rule(folder, RULES["last_value"]))),
    Attack("a pickle beside the rule, and all digests made anew", FILES, SCORE, REFUSED, ANOTHER, in_files(lambda folder: other_model(folder, {"model.pkl": PICKLE}))),
    Attack("the rule taken away", FILES, SCORE, REFUSED, "sealed: bundle/rule.json", in_files(lambda folder: (folder / "bundle/rule.json").unlink())),
    Attack("more units by the rule than approved", CREW, SCORE, REFUSED, "capacity: approved was 150, found is 280", declares("pilot.yaml", "units_per_period: 150", "units_per_period: 280")),
    Attack("another contract of the data beside the rule", CREW, SCORE, REFUSED, "contracts.weather: approved was", declares("contracts/weather.yaml", "quarantine_share: 0\n", "quarantine_share: 0.5\n")),
    Attack("a byte of the rule in a release changed", FILES, FROM_RELEASE, REFUSED, "sealed: bundle/rule.json", in_release(_in_the_release)),
)  # fmt: skip
"""In a city whose approved champion is :data:`RULE`."""

"""``civic-ai level``: how much harm is possible, why, and what the policy asks for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from civic_ai.cli.language import reader_language
from civic_ai.cli.level_text import level_text
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import say

if TYPE_CHECKING:
    from civic_ai.records.impact_level import ImpactLevel
    from civic_ai.records.levels import LevelRules

THE_ANSWER_IS_NO = 3


def level(
    pilot: Annotated[Path, typer.Argument(help="The pilot's folder; its impact.yaml holds the answers.")],
    propose: Annotated[
        Path | None, typer.Option(help="A dossier: write what it can answer, for a person to confirm.")
    ] = None,
    policy: Annotated[Path | None, typer.Option(help="The board's policy file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Say a pilot's impact level, why it is so, what is still open and what the level asks."""
    from civic_ai.policy.impact_answers import pilot_answers
    from civic_ai.policy.impact_level import find_level
    from civic_ai.policy.impact_questionnaire import shipped_questionnaire
    from civic_ai.policy.levels import rules_for
    from civic_ai.policy.load import load_policy

    folder = pilot.parent if pilot.name == "pilot.yaml" else pilot
    if propose is not None:
        print(write_proposals(folder, propose))
        return 0
    questionnaire, rules = shipped_questionnaire(), load_policy(policy)
    found = find_level(questionnaire, pilot_answers(folder, questionnaire), rules)
    asks = None if found.level is None else rules_for(rules, found.level)
    print(_json(found, asks) if as_json else level_text(found, questionnaire, asks, reader_language()))
    may_go_on = found.outcome == "not_covered" if asks is None else asks.may_run
    return 0 if found.is_complete and may_go_on else THE_ANSWER_IS_NO


def write_proposals(folder: Path, dossier: Path) -> Path:
    """Write what ``dossier`` can answer beside the city's answers; nobody stands for it yet.

    Raises :class:`RefusedError` where the dossier was altered or is of another pilot.
    """
    from civic_ai.policy.impact_answers import PROPOSED_FILE, say_answers, started_answers
    from civic_ai.policy.impact_proposals import propose, read_sealed
    from civic_ai.policy.impact_questionnaire import shipped_questionnaire
    from civic_ai.store.blobs import store_error, write_file

    sealed = read_sealed(dossier)
    started = started_answers(folder, shipped_questionnaire())
    if sealed.pilot != started.pilot:
        raise RefusedError.because(
            say("this dossier is of {theirs}, not of {ours}", theirs=sealed.pilot, ours=started.pilot),
            about=str(dossier),
            remedy=say("Name a dossier of the same pilot."),
        )
    made = started.model_copy(
        update={"answers": propose(sealed, started.phase), "confirmed_by": None, "note": None}
    )
    path = folder / PROPOSED_FILE
    try:
        write_file(path, say_answers(made).encode(), mode=0o644)
    except OSError as error:
        raise store_error(path, error) from error
    return path


def _json(found: ImpactLevel, asks: LevelRules | None) -> str:
    demanded = None if asks is None else asks.model_dump(mode="json")
    whole = {"schema": "level/1", **found.model_dump(mode="json"), "asks": demanded}
    return json.dumps(whole, ensure_ascii=False)

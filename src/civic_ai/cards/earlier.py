"""The dossier that was published before, read back so that a new public version tells nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from civic_ai.audit.versions import Published
from civic_ai.cards.verification import verify
from civic_ai.core.errors import CivicError, ConfigError
from civic_ai.core.messages import Message, say
from civic_ai.records.audit import AuditReport
from civic_ai.records.dossier import Dossier
from civic_ai.records.evaluation import Evaluation
from civic_ai.records.explanation import Explanation
from civic_ai.records.predictions import Predictions
from civic_ai.records.record import Record

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Earlier:
    """What an earlier dossier says, as it was made and as the public read it; nothing where there is none."""

    dossier: str | None = None
    predictions: Published[Predictions] | None = None
    audit: Published[AuditReport] | None = None
    evaluation: Published[Evaluation] | None = None
    explanation: Published[Explanation] | None = None


def read_earlier(folder: Path | None, pilot: str) -> Earlier:
    """The dossier in ``folder``; nothing for None.

    Raises :class:`ConfigError` where it is no dossier, was altered, or is of another pilot or version.
    """
    if folder is None:
        return Earlier()
    checked = verify(folder)
    if not checked.intact:
        raise _refuse(folder, say("a file in it is not what was sealed"))
    if _read(folder, "manifest.json", Dossier).pilot != pilot:
        raise _refuse(folder, say("it is the dossier of another pilot"))
    return Earlier(
        checked.digest,
        _published(folder, "predictions", Predictions),
        _published(folder, "audit", AuditReport),
        _published(folder, "evaluation", Evaluation),
        _published(folder, "explanation", Explanation),
    )


def _published(folder: Path, name: str, kind: type[R]) -> Published[R]:
    full, public = (_read(folder, f"{side}/records/{name}.json", kind) for side in ("full", "public"))
    return Published(full, public)


def _read(folder: Path, name: str, kind: type[R]) -> R:
    try:
        return kind.model_validate_json((folder / name).read_bytes())
    except (OSError, ValidationError) as error:
        raise _refuse(folder, say("this version of civic-ai cannot read it")) from error


def _refuse(folder: Path, why: Message) -> CivicError:
    return ConfigError.because(
        why, about=str(folder), remedy=say("Name the board's copy of the dossier that was published before.")
    )

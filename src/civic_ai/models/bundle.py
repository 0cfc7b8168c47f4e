"""bundle/1: a fitted model, or a simple rule, as plain files under one digest. No pickle, no rows, no names.

``model.json`` says what the model reads and how it was made; the one other file (``booster.txt``,
``pipeline.skops``, ``rule.json``, ...; see ``ModelScorer.file_name``) is the model. Files are blobs; the
bundle is the canonical JSON that names them by digest. Every digest is checked before a byte is parsed.
"""

from __future__ import annotations

from typing import TypeVar

from pydantic import ValidationError

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import CivicError, RefusedError, StoreError
from civic_ai.core.messages import Message, say
from civic_ai.models.boosting import BoosterScorer
from civic_ai.models.curve_baselines import CurveScorer
from civic_ai.models.hazard import HazardScorer
from civic_ai.models.pipelines import PipelineScorer
from civic_ai.models.rules import RuleScorer
from civic_ai.models.scorer import ModelScorer
from civic_ai.records.predictions import Bundle, FittedModel
from civic_ai.records.record import Record
from civic_ai.store.blobs import Blobs

MODEL = "model.json"


KINDS: tuple[type[ModelScorer], ...] = (BoosterScorer, PipelineScorer, HazardScorer, CurveScorer, RuleScorer)
"""Every kind of model that can be sealed, each with its own file."""
R = TypeVar("R", bound=Record)


def seal_bundle(scorer: ModelScorer, blobs: Blobs) -> str:
    """Keep a fitted model; the digest of its bundle."""
    files = {MODEL: blobs.put_record(scorer.model), scorer.file_name: blobs.put(scorer.to_bytes())}
    return blobs.put_record(Bundle(files=files))


def open_bundle(digest: str, blobs: Blobs) -> ModelScorer:
    """The model of a bundle, which predicts what the sealed one predicted, bit for bit.

    Raises :class:`RefusedError` when a file is missing, was altered, or is not of our making.
    """
    bundle = _parse(Bundle, _read(digest, blobs))
    contents = {name: _read(part, blobs) for name, part in bundle.files.items()}
    for kind in KINDS:
        if set(contents) == {MODEL, kind.file_name}:
            return kind.from_bytes(_parse(FittedModel, contents[MODEL]), contents[kind.file_name])
    raise _refused(say("the bundle does not hold a model that we know"), digest)


def _read(digest: str, blobs: Blobs) -> bytes:
    try:
        return blobs.get(digest)
    except StoreError as error:
        raise _refused(say("a file of the bundle is missing"), digest) from error


def _parse(kind: type[R], content: bytes) -> R:
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        says = say("the file is not a {kind} of bundle/1", kind=kind.__name__)
        raise _refused(says, digest_of_bytes(content)) from error


def _refused(says: Message, digest: str) -> CivicError:
    return RefusedError.because(
        says, about=digest[:12], remedy=say("Train the model again; do not load this file.")
    )

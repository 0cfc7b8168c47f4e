"""All exports of a pilot's public record, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from civic_ai.cards.exports.croissant import export_croissant
from civic_ai.cards.exports.cyclonedx import export_cyclonedx
from civic_ai.cards.exports.huggingface import export_huggingface
from civic_ai.cards.exports.model_card_toolkit import export_model_card_toolkit
from civic_ai.cards.exports.published import Published
from civic_ai.cards.exports.registers import REGISTERS, export_row
from civic_ai.cards.pilot_record import render_record

Export = Callable[[Published], dict[str, bytes]]


def export_record(published: Published) -> dict[str, bytes]:
    """File names and contents: the public record itself, and its page."""
    page = render_record(published.record, published.sealed, published.crosswalk, published.language)
    return {"record.json": published.record.to_json(), f"pilot_record.{published.language}.html": page}


EXPORTS: Mapping[str, Export] = {
    "record": export_record,
    "cyclonedx": export_cyclonedx,
    "huggingface": export_huggingface,
    "croissant": export_croissant,
    "mct": export_model_card_toolkit,
    **{name: partial(export_row, name) for name in REGISTERS},
}
"""Each gives file names and contents from a public record; the same record gives the same bytes."""

"""From scores to the list that crews get: chosen by score, chosen by lot, in a file that is safe to open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.csv import Cell, written
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.records.deployment import Worklist
from civic_ai.store.blobs import store_error, write_file

BY_SCORE, BY_LOT, NOT_CHOSEN = "score", "lot", ""
MOST_EXPLORED = 0.5
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Draw:
    """How a list is drawn: the approved capacity, the share of it left to the lot, and the lot's own name."""

    capacity: int
    exploration_share: float
    lot: str

    @classmethod
    def of(cls, capacity: int, exploration_share: float, decision: str, as_of: date) -> Draw:
        """The draw under a decision for a date. Raises :class:`ConfigError` for a share outside 0 to 0.5."""
        if not 0 <= exploration_share <= MOST_EXPLORED:
            raise ConfigError.because(
                say("{share} is no share between 0 and {most}", share=exploration_share, most=MOST_EXPLORED),
                about="--explore",
                remedy=say("0.05 leaves one visit in twenty to the lot."),
            )
        return cls(capacity, exploration_share, f"{decision} {as_of}")

    @property
    def lots(self) -> int:
        """Visits that the lot decides; any share above 0 gives it one at least."""
        return int(np.ceil(round(self.capacity * self.exploration_share, 9)))

    def number(self, unit: str) -> str:
        """A unit's number in the lot: SHA-256 of the lot's name and the unit's."""
        return digest_of_bytes(f"{self.lot} {unit}".encode())


def rank_units(units: Sequence[str], scores: NDArray[np.float64], draw: Draw) -> Places:
    """Positions from the highest score to the lowest; among equal scores the lot decides, not the file."""
    numbers = [draw.number(unit) for unit in units]
    return np.array(sorted(range(len(units)), key=lambda i: (-scores[i], numbers[i])), dtype=np.int64)


def choose_units(units: Sequence[str], order: Places, draw: Draw) -> list[str]:
    """By position of the unit: chosen by ``score``, by ``lot`` from all the others, or not at all.

    Where everybody fits, nothing is left to a lot.
    """
    capacity = min(draw.capacity, len(order))
    lots = min(draw.lots, len(order) - capacity)
    chosen = [NOT_CHOSEN] * len(order)
    for place in order[: capacity - lots]:
        chosen[place] = BY_SCORE
    rest = sorted(order[capacity - lots :], key=lambda i: draw.number(units[i]))
    for place in rest[:lots]:
        chosen[place] = BY_LOT
    return chosen


def table_bytes(frame: pd.DataFrame) -> bytes:
    """The list as CSV (RFC 4180, UTF-8): text that a spreadsheet would run gets an apostrophe in front;
    numbers stay numbers, in the fewest digits that give them back."""
    rows = ([_cell(value) for value in row] for row in frame.itertuples(index=False, name=None))
    return written([str(name) for name in frame.columns], rows)


def _cell(value: object) -> Cell:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    plain = value.item() if isinstance(value, np.generic) else value
    return plain if isinstance(plain, int | float) else str(plain)


def sidecar_of(path: Path) -> Path:
    """Where the record of a list stands: beside it."""
    return path.with_name(f"{path.name}.json")


def require_free(path: Path) -> None:
    """Raise :class:`ConfigError` where a list or its record stands already: a list that was handed out is
    kept."""
    for taken in (path, sidecar_of(path)):
        if taken.exists() or taken.is_symlink():
            raise ConfigError.because(
                say("a file stands here already"), about=str(taken), remedy=say("Choose another name.")
            )


def write_worklist(path: Path, table: bytes, record: Worklist) -> None:
    """Write the record, then the list; each whole or not at all, and no list without its record.

    Raises :class:`~civic_ai.core.errors.StoreError` when they cannot be written; nothing is then left.
    """
    require_free(path)
    made: list[Path] = []
    try:
        for place, content in _contents(path, table, record):
            write_file(place, content, mode=0o640)
            made.append(place)
    except BaseException as error:
        for place in made:
            place.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise store_error(path, error) from error
        raise


def _contents(path: Path, table: bytes, record: Worklist) -> Iterable[tuple[Path, bytes]]:
    return ((sidecar_of(path), record.to_json() + b"\n"), (path, table))

"""What is no scored table at all, and a choice that leaves nothing to compare: refused first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from civic_ai.audit.bootstrap import Floats
from civic_ai.core.errors import ConfigError, DataError, Mistake
from civic_ai.core.messages import say


def refuse_misfits(frame: Any, told: tuple[str, str], groups: Sequence[str]) -> None:
    """``frame`` must be a pandas DataFrame; ``told`` (label and score) and ``groups`` are different columns.

    Raises :class:`ConfigError` with everything that is not so.
    """
    mistakes = list(_misfits(frame, told, groups))
    if mistakes:
        raise ConfigError(mistakes)


def _misfits(frame: Any, told: tuple[str, str], groups: Sequence[str]) -> Iterator[Mistake]:
    import pandas as pd

    if not isinstance(frame, pd.DataFrame):
        yield Mistake(
            "frame",
            say("is no pandas table, but a {kind}", kind=type(frame).__name__),
            remedy=say("Read the table with pandas first, for example with pandas.read_csv."),
        )
    if not groups:
        yield Mistake("groups", say("names no column"), remedy=say("Name at least one column."))
    names = [*told, *groups]
    for name in dict.fromkeys(names):
        if not isinstance(name, str):
            yield Mistake(
                str(name),
                say("is no text, and a column is named by a text"),
                remedy=say("Rename the columns first; columns of several levels become one level."),
            )
        elif names.count(name) > 1:
            yield Mistake(
                name,
                say("is given twice"),
                remedy=say("Outcome, score and each group are columns of their own."),
            )


def refuse_no_choice(chance: Floats, score: str) -> None:
    """``chance`` (rows,): of being chosen. Where all or none are, no group can fare worse than another.

    Raises :class:`DataError`.
    """
    if not chance.any():
        raise DataError.because(
            say("no row is chosen, so no group is served better than another"),
            about=score,
            remedy=say("Check column and threshold: rows from the threshold on, or with 1, are chosen."),
        )
    if (chance == 1).all():
        raise DataError.because(
            say("every row is chosen, so nothing can be missed"),
            about=score,
            remedy=say("Say what the city can really act on: a smaller capacity, or a higher threshold."),
        )

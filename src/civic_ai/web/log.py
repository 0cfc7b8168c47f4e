"""What the desk writes down of a fault: when, which page, what kind of error, where in the program.

No word of a request stands there: neither its address, which may hold a token, nor its form, nor the text of
an error, which may quote either.
"""

from __future__ import annotations

import logging
import traceback
from pathlib import Path
from types import TracebackType

from civic_ai.core.errors import StoreError


class Bare(logging.Formatter):
    """One line of what is known to hold no secret, then the places in the program."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as it is written."""
        found = getattr(getattr(record, "request", None), "resolver_match", None)
        page, status = getattr(found, "url_name", None), getattr(record, "status_code", None)
        kind, places = "", []
        if record.exc_info and record.exc_info[1] is not None:
            kind, places = _chain(record.exc_info[1]), _places(record.exc_info[2])
            if isinstance(record.exc_info[1], StoreError):  # what a database or a disk says of itself
                places = [record.exc_info[1].text(), *places]
        said = (self.formatTime(record), record.levelname, record.name, page or "-", status or "-", kind)
        return "\n".join([" ".join(map(str, said)).rstrip(), *places])


def _chain(error: BaseException | None) -> str:
    """The kinds of an error and of those behind it."""
    kinds = []
    while error is not None:
        kinds.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    return " from ".join(kinds)


def _places(where: TracebackType | None) -> list[str]:
    return [
        f"  {Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(where)
    ]

"""CSV that a spreadsheet reads as it is meant: no cell of text is ever run as a formula.

A cell that begins, after blanks and marks that cannot be seen, with a sign that a spreadsheet takes for a
formula gets an apostrophe in front (OWASP, CSV injection). Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | None
_LIVE = frozenset("=+-@\t\r\n＝＋－＠")
_UNSEEN = " \u00a0\u200b\u200c\u200d\u2060\ufeff\u00ad"


def written(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table in UTF-8 (RFC 4180)."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow([harmless(column) for column in columns])
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    return made.getvalue().encode()


def harmless(cell: Cell) -> Cell:
    """The cell as it may stand in a spreadsheet."""
    if not isinstance(cell, str):
        return cell
    return f"'{cell}" if cell.lstrip(_UNSEEN)[:1] in _LIVE and cell.lstrip(_UNSEEN) else cell

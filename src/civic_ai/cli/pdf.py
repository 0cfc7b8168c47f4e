"""``civic-ai pdf``: the cards of a dossier as tagged PDF files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def pdf(
    dossier: Annotated[Path, typer.Argument(help="The dossier's folder.")],
    to: Annotated[Path, typer.Option(help="The folder to write to.")],
    board: Annotated[bool, typer.Option("--board", help="The board's version; do not publish it.")] = False,
) -> int:
    """Write each card of a dossier as PDF/UA, in each of its languages; small groups stay hidden."""
    from civic_ai.cards.pdf import pdf_cards
    from civic_ai.store.blobs import store_error, write_file

    for name, content in dict(pdf_cards(dossier, "board" if board else "public")).items():
        try:
            write_file(to / name, content, mode=0o666)
        except OSError as error:
            raise store_error(to / name, error) from error
        print(to / name)
    return 0

"""A made city's sealed dossier, with cards that a test writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from civic_ai.cards.dossier import seal, write_dossier
from civic_ai.cards.render import CARDS
from civic_ai.core.canonical import digest_of_file
from civic_ai.store.blobs import Blobs
from civic_ai.web.desk import SHORT, Desk
from tests.unit.cards.made_city import City
from tests.unit.cards.made_evidence import make_evidence

Write = Callable[[str, str], str]
"""What a card's body says to an audience, in a language."""


def sealed_city(folder: Path, city: City, write: Write) -> Path:
    """The folder of the city's dossier."""
    one = make_evidence(Blobs(folder / "blobs"), city)
    cards = {
        f"{audience}/{name}.{language}.html": f'<main id="main">{write(audience, language)}</main>'.encode()
        for audience in ("board", "public")
        for name in CARDS
        for language in city.languages
    }
    write_dossier(seal(one.evidence, one.gates, cards, one.blobs), one.blobs, folder / "dossier")
    return folder / "dossier"


def keep(desk: Desk, pilot: str, sealed: Path) -> str:
    """Keep a dossier at the desk, as one of this pilot; how it is named in addresses."""
    digest = digest_of_file(sealed / "manifest.json")
    shutil.copytree(sealed, desk.dossier_folder(pilot, digest))
    return digest[:SHORT]

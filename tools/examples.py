"""``make examples``: the example city's public cards and the picture of the README, from a run."""

from __future__ import annotations

import base64
import re
import tempfile
from pathlib import Path

from civic_ai.reproduction import not_mirrored
from civic_ai.runner import Options, run

ROOT = Path(__file__).resolve().parents[1]
PILOT = ROOT / "pilots" / "example-potholes"
CARDS = ROOT / "governance" / "examples" / "example-potholes"
PICTURE = ROOT / "docs" / "pictures" / "example-capacity.en.svg"


def public_cards(workspace: Path) -> dict[str, str]:
    """Name and HTML of each public card of the example city, run in ``workspace``."""
    dossier = run(PILOT, Options(workspace=workspace, mirror=not_mirrored)).dossier
    return {path.name: path.read_text("utf-8") for path in sorted((dossier / "public").glob("*.html"))}


def said(card: str) -> str:
    """The words and numbers of a card as a person reads them; what differs by machine, digests and Python,
    left out."""
    text = re.sub(r"<(style|svg)\b.*?</\1>|<[^>]+>", " ", card, flags=re.DOTALL)
    told = " ".join(text.split())
    return re.sub(r"\b[0-9a-f]{12,64}\b|(?<=\bPython )[0-9.]+(?= )", "…", told)


def capacity_picture(card: str) -> bytes:
    """The SVG of the capacity picture in a card."""
    figure = card[card.index('<figure id="picture-capacity">') :]
    found = re.search(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", figure)
    assert found is not None
    return base64.b64decode(found[1])


def main() -> None:
    """Write the cards and the picture."""
    with tempfile.TemporaryDirectory() as temporary:
        cards = public_cards(Path(temporary))
    CARDS.mkdir(parents=True, exist_ok=True)
    for name, card in cards.items():
        (CARDS / name).write_text(card, "utf-8")
        print((CARDS / name).relative_to(ROOT))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(capacity_picture(cards["model_card.en.html"]))
    print(PICTURE.relative_to(ROOT))


if __name__ == "__main__":
    main()

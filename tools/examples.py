"""``make examples``: the example city's public cards and the picture of the README, from a run."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from civic_ai.runner import Options, run

ROOT = Path(__file__).resolve().parents[1]
PILOT = ROOT / "pilots" / "example-potholes"
CARDS = ROOT / "governance" / "examples" / "example-potholes"
PICTURE = ROOT / "docs" / "pictures" / "example-capacity.en.svg"


def public_cards(workspace: Path) -> dict[str, str]:
    """Name and HTML of each public card of the example city, run in ``workspace``."""
    dossier = run(PILOT, Options(workspace=workspace)).dossier
    return {path.name: path.read_text("utf-8") for path in sorted((dossier / "public").glob("*.html"))}


def said(card: str) -> str:
    """The words and numbers of a card as a person reads them; digests, which differ by machine, left out."""
    text = re.sub(r"<(style|svg)\b.*?</\1>|<[^>]+>", " ", card, flags=re.DOTALL)
    return " ".join(re.sub(r"\b[0-9a-f]{12,64}\b", "…", text).split())


def main() -> None:
    """Write the cards."""
    with tempfile.TemporaryDirectory() as temporary:
        cards = public_cards(Path(temporary))
    CARDS.mkdir(parents=True, exist_ok=True)
    for name, card in cards.items():
        (CARDS / name).write_text(card, "utf-8")
        print((CARDS / name).relative_to(ROOT))


if __name__ == "__main__":
    main()

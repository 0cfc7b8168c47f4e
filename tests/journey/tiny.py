"""The example pilot on the tiny city: the same journey, in seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

from civic_ai.reproduction import not_mirrored
from civic_ai.runner import Options, Reporter, Silent

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "pilots" / "example-potholes"

CHANGES = {
    "size: standard": "size: tiny",
    "splits: 4": "splits: 2",
    "every_days: 14": "every_days: 28",
    "languages: [en, es, pt]": "languages: [en]",
}


def write_tiny_pilot(folder: Path, changes: dict[str, str] | None = None) -> Path:
    """A copy of the example pilot on the tiny city, with further changes to its text."""
    shutil.copytree(EXAMPLE, folder)
    spec = folder / "pilot.yaml"
    text = spec.read_text("utf-8")
    for old, new in {**CHANGES, **(changes or {})}.items():
        assert old in text, old
        text = text.replace(old, new)
    spec.write_text(text, "utf-8")
    return folder


def quick(
    workspace: Path,
    reporter: Reporter | None = None,
    policy: Path | None = None,
    after: Path | None = None,
) -> Options:
    """Options of a run that MLflow does not see."""
    return Options(
        workspace=workspace, policy=policy, reporter=reporter or Silent(), mirror=not_mirrored, after=after
    )

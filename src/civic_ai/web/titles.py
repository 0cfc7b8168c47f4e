"""What sealed dossiers say of their pilots, read once each: a dossier of one digest never changes.

One that is not kept here is looked for again: a pilot may be handed in before its dossier is copied.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from civic_ai.records.text import Text


@dataclass(frozen=True)
class Title:
    """A pilot's question in each language of its city, and its owner."""

    title: Text
    owner: str

    def in_language(self, language: str) -> tuple[str, str]:
        """The question as readers of one language see it, and the owner."""
        return self.title.in_language(language), self.owner


@dataclass
class Titles:
    """The titles of dossiers by digest. ``folder_of``: where the dossier of a pilot stands."""

    folder_of: Callable[[str, str], Path]
    _known: dict[str, Title] = field(default_factory=dict)

    def of(self, pilot: str, digest: str | None) -> Title | None:
        """The title of this dossier; None where it is not kept here, or of another version."""
        if digest is None:
            return None
        found = self._known.get(digest) or read_title(self.folder_of(pilot, digest) / "spec.json")
        if found is not None:
            self._known[digest] = found
        return found


def read_title(file: Path) -> Title | None:
    """What a dossier's ``spec.json`` says; None where none stands."""
    try:
        said = json.loads(file.read_bytes())
        return Title(Text.model_validate(said["title"]), str(said["owner"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None

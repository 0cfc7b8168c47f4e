"""One pilot of the demonstration, taken from the archive that ships."""

from __future__ import annotations

import tarfile
from pathlib import Path

from tools.demo import ARCHIVE

from civic_ai.policy.load import load_policy
from civic_ai.web.demo.kept import Kept
from civic_ai.web.demo.pilots import DemoPilot


def kept_in(home: Path, pilot: DemoPilot) -> Kept:
    """Its files in ``home``, as :func:`civic_ai.web.demo.found.unpack` writes those of all."""
    with tarfile.open(ARCHIVE) as archive:
        for member in archive:
            if member.name.startswith((f"pilots/{pilot.name}/", f"dossiers/{pilot.name}/")):
                archive.extract(member, home, filter="data")
    (dossier,) = (home / "dossiers" / pilot.name).iterdir()
    return Kept(pilot, load_policy(), home / "pilots" / pilot.name, dossier)

"""Whether what the desk's pages load was built, and is what the build made."""

from __future__ import annotations

import json
from pathlib import Path

from civic_ai.core.canonical import digest_of_file
from civic_ai.core.messages import Message, say

STATIC = Path(__file__).resolve().parent / "static"
MANIFEST = "manifest.json"
REMEDY = say("Run `make assets` (it needs Node and npm), or install the wheel, which holds them.")


def assets_fault(folder: Path = STATIC) -> Message | None:
    """What is wrong with the assets in ``folder``; None: each file is as its manifest says."""
    try:
        named = json.loads((folder / MANIFEST).read_bytes())["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return say("the desk's assets are not built, so its pages have no style")
    for path, digest in named.items():
        if not (folder / path).is_file() or digest_of_file(folder / path) != digest:
            return say("{path} is not the file that the build made", path=path)
    return None

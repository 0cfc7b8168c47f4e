"""The language of the person at the terminal."""

from __future__ import annotations

import os

from civic_ai.core.messages import LANGUAGES


def reader_language() -> str:
    """The language of the person at the terminal: ``CIVIC_AI_LANGUAGE``, else the locale, else en."""
    wanted = os.environ.get("CIVIC_AI_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return wanted[:2] if wanted[:2] in LANGUAGES else "en"

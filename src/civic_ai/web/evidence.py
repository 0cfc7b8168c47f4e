"""Files that people hand in as evidence: kept by digest beside the blobs of runs, never among them.

The digest stands in the signed step, so a file is what was signed or it is none. What a resident wrote is not
kept: only its digest goes on the ledger, for the ledger never forgets a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.records.action import Action
from civic_ai.store.blobs import Blobs
from civic_ai.web.settings import DeskSettings

KEPT = frozenset({"report", "notice", "proof", "monitoring", "overrides"})
"""Fields of steps whose file the desk keeps."""
MOST_BYTES = 8 * 1024 * 1024
TEXT = "txt"
_BEGINNINGS: Mapping[bytes, str] = {
    b"%PDF-": "pdf",
    b"\x89PNG\r\n\x1a\n": "png",
    b"\xff\xd8\xff": "jpg",
}


def kept_in(desk: DeskSettings) -> Blobs:
    """Where a desk keeps evidence. A step can name any digest: no blob of a run must be found by it."""
    return Blobs(desk.home / "evidence")


def ending_of(content: bytes) -> str | None:
    """What kind of file this is, by its content alone; None of a kind that the desk does not take."""
    found = next((ending for begins, ending in _BEGINNINGS.items() if content.startswith(begins)), None)
    if found is not None:
        return found
    try:
        return None if "\0" in content.decode("utf-8") else TEXT
    except UnicodeDecodeError:
        return None


def require_evidence(field: str, content: bytes) -> str:
    """The ending of a file that the desk may keep.

    Raises :class:`ConfigError` at the field where it is empty, too large, or of another kind.
    """
    ending = ending_of(content)
    if not content:
        raise ConfigError.because(say("the file is empty"), about=field, remedy=say("Choose another file."))
    if len(content) > MOST_BYTES:
        raise ConfigError.because(
            say("the file is larger than {most} megabytes", most=MOST_BYTES >> 20),
            about=field,
            remedy=say("Make it smaller, or hand in the part that matters."),
        )
    if ending is None:
        raise ConfigError.because(
            say("the file is no PDF, PNG, JPEG or plain text"),
            about=field,
            remedy=say("Save it as PDF, or a table as CSV in UTF-8."),
        )
    return ending


def named_in(action: Action) -> Iterator[tuple[str, str]]:
    """Field and digest of each file that a step names and the desk may keep."""
    for field in sorted(KEPT & type(action).model_fields.keys()):
        digest = getattr(action, field)
        if digest is not None:
            yield field, digest

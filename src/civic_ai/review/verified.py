"""How far a ledger was verified entry by entry on this machine, kept outside its database.

Only that: size and root, nothing of what the entries come to. Whoever starts again reads the same bytes and
makes the same cases of them, but need not check the same signatures. The note is sealed with the log's own
key and names the program: another release verifies everything anew.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import Field, ValidationError

import civic_ai
from civic_ai.core.canonical import digest_of_bytes
from civic_ai.records.ledger import Moment, Sha256
from civic_ai.records.record import Record
from civic_ai.review.note import NoteKey
from civic_ai.store.blobs import write_atomically

_JUDGES = ("core", "records", "policy", "review")
"""What decides whether an entry may stand."""


class Verified(Record):
    """The first ``size`` entries, with this ``root``, are good.

    The first ``whole_size`` of them were verified in one go at ``whole_at``, the others when they came.
    """

    program: Sha256
    size: int = Field(ge=0)
    root: Sha256
    whole_size: int = Field(ge=0)
    whole_at: Moment

    @property
    def moment(self) -> datetime:
        """When all of the first ``whole_size`` entries were verified."""
        return datetime.fromisoformat(self.whole_at)


@dataclass(frozen=True)
class VerifiedMemory:
    """One note for each log, in a folder that the machine's own user writes."""

    folder: Path
    key: NoteKey

    @property
    def path(self) -> Path:
        """Where the note stands, or would stand."""
        return self.folder / f"{digest_of_bytes(self.key.name.encode())}.verified"

    def last(self) -> Verified | None:
        """What was kept last by this program; None where there is nothing, or somebody else wrote it."""
        try:
            seal, _, content = self.path.read_bytes().partition(b"\n")
            found = Verified.model_validate_json(content)
        except (OSError, ValidationError):
            return None
        is_ours = hmac.compare_digest(seal, self._seal(content)) and found.program == program()
        return found if is_ours else None

    def keep(self, found: Verified) -> None:
        """Keep ``found`` in the place of what was kept before. Raises :class:`StoreError`."""
        content = found.to_json()
        write_atomically(self.path, self._seal(content) + b"\n" + content)

    def _seal(self, content: bytes) -> bytes:
        secret = hashlib.sha256(b"civic-ai/verified\n" + self.key.private.private_bytes_raw()).digest()
        return hmac.new(secret, content, hashlib.sha256).hexdigest().encode()


def verified_whole(size: int, root: str, at: str) -> Verified:
    """That the first ``size`` entries, whose root this is, were verified in one go at ``at``."""
    return Verified(program=program(), size=size, root=root, whole_size=size, whole_at=at)


@cache
def program() -> str:
    """The digest of the code that judges entries."""
    home, running = Path(civic_ai.__file__).parent, hashlib.sha256()
    for path in sorted(path for part in _JUDGES for path in (home / part).rglob("*.py")):
        running.update(f"{path.relative_to(home).as_posix()}\n".encode())
        running.update(hashlib.sha256(path.read_bytes()).digest())
    return running.hexdigest()

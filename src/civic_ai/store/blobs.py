"""Content by digest: written once, atomically, and never changed.

A record's canonical JSON is a blob too, so that a record's digest is also where it stands.
"""

from __future__ import annotations

import errno
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from civic_ai.core.canonical import digest_of_bytes, digest_of_file
from civic_ai.core.errors import CivicError, RefusedError, StoreError
from civic_ai.core.messages import say

if TYPE_CHECKING:
    import pyarrow as pa


class Sealable(Protocol):
    """Anything with canonical JSON: every record."""

    def to_json(self) -> bytes:
        """Canonical JSON of the record."""

    @classmethod
    def from_json(cls, content: bytes) -> Any:
        """The record that the JSON holds."""


R = TypeVar("R", bound=Sealable)


class Blobs:
    """A folder of blobs, each at ``ab/abcdef...`` by the SHA-256 of its bytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the blob of ``digest`` stands (or would stand)."""
        return self.folder / digest[:2] / digest

    def __contains__(self, digest: str) -> bool:
        return self.path(digest).is_file()

    def put(self, content: bytes) -> str:
        """Keep ``content``; its digest. Safe against kills, full disks and other writers."""
        digest = digest_of_bytes(content)
        if digest not in self:
            write_atomically(self.path(digest), content)
        return digest

    def take(self, file: Path) -> str:
        """Keep a file of the same disk by moving it here, without reading it into memory; its digest."""
        digest = digest_of_file(file)
        if digest in self:
            file.unlink()
        else:
            _move_atomically(file, self.path(digest))
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes of ``digest``, checked.

        Raises :class:`RefusedError` when they were altered, :class:`StoreError` when they are gone.
        """
        try:
            content = self.path(digest).read_bytes()
        except OSError as error:
            raise self._lost(digest, error) from error
        if digest_of_bytes(content) != digest:
            raise RefusedError.because(
                say("a stored file was altered: its content no longer matches its name"),
                about=digest[:12],
                remedy=say("Remove the file {path} and run again.", path=self.path(digest)),
            )
        return content

    def _lost(self, digest: str, error: OSError) -> CivicError:
        """The sentence for a blob that cannot be read; what the journal forgets is made again."""
        return StoreError.because(
            say("a stored file cannot be read: {reason}", reason=error.strerror or error),
            about=digest[:12],
            remedy=say(
                "Remove the folder {path} and run again; the file is then made again.",
                path=self.folder.parent / "journal",
            ),
        )

    def put_record(self, record: Sealable) -> str:
        """Keep a record; its digest."""
        return self.put(record.to_json())

    def record(self, kind: type[R], digest: str) -> R:
        """The record of ``digest``, read back and checked."""
        made: R = kind.from_json(self.get(digest))
        return made

    def put_table(self, table: pa.Table) -> str:
        """Keep a table as zstd Parquet, the same bytes for the same rows; its digest."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        sink = pa.BufferOutputStream()
        plain = table.replace_schema_metadata(None).combine_chunks()
        pq.write_table(plain, sink, compression="zstd", row_group_size=1 << 20, store_schema=True)
        return self.put(sink.getvalue().to_pybytes())

    def table(self, digest: str) -> pa.Table:
        """The table of ``digest``.

        The bytes are copied into Arrow's own memory: a reader thread that lets go of Python's bytes
        while the interpreter ends would abort the process.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        held = pa.BufferOutputStream()
        held.write(self.get(digest))
        return pq.read_table(pa.BufferReader(held.getvalue()))


def write_atomically(path: Path, content: bytes) -> None:
    """Write next to ``path``, flush to disk, rename. A reader sees all of it or nothing.

    Only this user may read it, for blobs hold the city's rows. Raises :class:`StoreError` when the disk is
    full or the folder may not be written.
    """
    try:
        write_file(path, content, mode=0o600)
    except OSError as error:
        raise store_error(path, error) from error


def _move_atomically(file: Path, path: Path) -> None:
    """As :func:`write_atomically`, of a file that is written already and not yet flushed to disk."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file.chmod(0o600)
        with file.open("rb") as written:
            os.fsync(written.fileno())
        os.replace(file, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise store_error(path, error) from error


def write_file(path: Path, content: bytes, *, mode: int) -> None:
    """As :func:`write_atomically`, with the permissions ``mode`` less the umask. Raises :class:`OSError`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.parent / f".writing-{secrets.token_hex(8)}"
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def store_error(path: Path, error: OSError) -> StoreError:
    """The sentence for what the operating system refused."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        says, remedy = say("the disk is full"), say("Free some space and run again; nothing is lost.")
    else:
        says = say("cannot be written: {reason}", reason=error.strerror or error)
        remedy = say("Set CIVIC_AI_HOME to a folder that you may write.")
    made = StoreError.because(says, about=str(path.parent), remedy=remedy)
    assert isinstance(made, StoreError)
    return made


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

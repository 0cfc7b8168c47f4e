"""Key files for a city without experts: one private file that only its owner can read, one public file."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field, ValidationError, model_validator

from civic_ai.core.base64 import base64_bytes, base64_text
from civic_ai.core.errors import CivicError, ConfigError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.records.ledger import NAME, Base64, KeyKind, PublicKey, Signature, key_id
from civic_ai.records.record import Record
from civic_ai.review.envelope import to_sign
from civic_ai.review.note import KeyType, NoteKey
from civic_ai.review.signatures import sign_statement
from civic_ai.review.ssh_signature import NAMESPACE, public_line, unarmour
from civic_ai.review.statement import Statement
from civic_ai.store.blobs import store_error

FileKind = Literal["ed25519", "server", "log", "witness"]
_NOTE_TYPES = {"log": KeyType.LOG, "witness": KeyType.WITNESS}
_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_OPENSSH_PUBLIC = ("ssh-", "ecdsa-")


class KeyFile(Record):
    """The content of a private key file."""

    schema_version: Literal["key/1"] = "key/1"
    kind: FileKind
    name: str = Field(min_length=1)
    """The holder; of a log or a witness, its name (``city.example/ledger``)."""
    private: Base64

    @model_validator(mode="after")
    def _names_a_log(self) -> KeyFile:
        if self.kind in _NOTE_TYPES and not re.match(NAME, self.name):
            raise ValueError("the name of a log or a witness has no blanks and no plus sign")
        return self

    @property
    def key(self) -> Ed25519PrivateKey:
        """The private key itself."""
        return Ed25519PrivateKey.from_private_bytes(base64_bytes(self.private))

    @property
    def public_text(self) -> str:
        """What others may have: a line for a log or a witness, a JSON object for a person or a server."""
        if self.kind in _NOTE_TYPES:
            return f"{note_key(self).public.text}\n"
        return self.public_key.to_json().decode() + "\n"

    @property
    def public_key(self) -> PublicKey:
        """The public key of a person or a server."""
        if self.kind in _NOTE_TYPES:
            raise _wrong_kind(self.name, say("this is the key of a log or a witness, not of a person"))
        raw = base64_text(self.key.public_key().public_bytes_raw())
        kind: KeyKind = "server" if self.kind == "server" else "ed25519"
        return PublicKey(id=key_id(kind, raw), holder=self.name, kind=kind, key=raw)


def make_key_file(path: Path, kind: FileKind, name: str) -> KeyFile:
    """Make a key and write ``path`` (only you can read it) and ``path``.pub beside it.

    Raises :class:`RefusedError` when either stands already: a lost key signs nothing again.
    """
    made = _make(kind, name)
    public = made.public_text.encode()
    beside = path.with_name(path.name + ".pub")
    for one in (path, beside):
        if one.exists():
            raise _stands(one)
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_new(path, made.to_json() + b"\n", 0o600)
    _write_new(beside, public, 0o644)
    return made


def _make(kind: FileKind, name: str) -> KeyFile:
    raw = Ed25519PrivateKey.generate().private_bytes_raw()
    try:
        return KeyFile(kind=kind, name=name, private=base64_text(raw))
    except ValidationError as error:
        raise _wrong_kind(name, say("a key needs a name; that of a log or witness has no blanks")) from error


def read_key_file(path: Path) -> KeyFile:
    """The private key in ``path``.

    Raises :class:`RefusedError` when others can read the file, :class:`ConfigError` when it is no key file.
    """
    content = _private_content(path)
    try:
        return KeyFile.model_validate_json(content)
    except ValidationError as error:
        raise ConfigError.because(
            say("this is no key file of civic-ai"),
            about=str(path),
            remedy=say("`civic-ai keys new` makes one."),
        ) from error


def note_key(file: KeyFile) -> NoteKey:
    """The key of a log or a witness. Raises :class:`ConfigError` when the file is that of a person."""
    if file.kind not in _NOTE_TYPES:
        raise _wrong_kind(file.name, say("this is the key of a person, not of a log or a witness"))
    return NoteKey(file.name, _NOTE_TYPES[file.kind], file.key)


def read_public_key(path: Path, holder: str | None = None) -> PublicKey:
    """The public key in ``path``: as civic-ai writes it, or an OpenSSH line, which needs a ``holder``.

    Raises :class:`ConfigError` when it is neither.
    """
    text = _read(path).decode("utf-8", "replace").strip()
    try:
        if text.startswith(_OPENSSH_PUBLIC):
            return ssh_public_key(text, holder or "")
        return PublicKey.model_validate_json(text)
    except ValidationError as error:
        raise ConfigError.because(
            say("this is no public key of a person, or its holder is not named"),
            about=str(path),
            remedy=say("Name the .pub file; for an OpenSSH key, say --holder too."),
        ) from error


def ssh_public_key(line: str, holder: str) -> PublicKey:
    """The public key of an OpenSSH line (its comment is left out)."""
    key = " ".join(line.split()[:2])
    return PublicKey(id=key_id("ssh", key), holder=holder, kind="ssh", key=key)


def sign_with_file(path: Path, statement: Statement) -> Signature:
    """The signature of ``statement`` by the key in ``path``: ours, or an OpenSSH private key."""
    if _private_content(path).startswith(_OPENSSH):
        return _sign_with_ssh(path, statement)
    file = read_key_file(path)
    return sign_statement(statement, file.public_key, file.key)


def _sign_with_ssh(path: Path, statement: Statement) -> Signature:
    """OpenSSH signs, and asks for the passphrase if there is one."""
    command = ["ssh-keygen", "-Y", "sign", "-f", str(path), "-n", NAMESPACE]
    try:
        done = subprocess.run(command, input=to_sign(statement), stdout=subprocess.PIPE, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise ConfigError.because(
            say("ssh-keygen did not sign"), about=str(path), remedy=say("Is OpenSSH 8.1 or later installed?")
        ) from error
    content = unarmour(done.stdout.decode())
    return Signature(keyid=key_id("ssh", public_line(content)), sig=base64_text(content))


def _private_content(path: Path) -> bytes:
    content = _read(path)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise RefusedError.because(
            say("others can read this private key"),
            about=str(path),
            remedy=say("Run `chmod 600 {path}`; if others may have seen it, make a new key.", path=path),
        )
    return content


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError.because(
            say("cannot be read: {reason}", reason=error.strerror or error), about=str(path)
        ) from error


def _write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a file that did not stand; never over another, not even one made at the same moment."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
    except FileExistsError as error:
        raise _stands(path) from error
    except OSError as error:
        raise store_error(path, error) from error


def _stands(path: Path) -> CivicError:
    return RefusedError.because(
        say("a file stands here already; a key is never overwritten"),
        about=str(path),
        remedy=say("Choose another name."),
    )


def _wrong_kind(name: str, says: Message) -> CivicError:
    return ConfigError.because(
        says, about=name, remedy=say("`civic-ai keys --help` tells which kind of key you need.")
    )

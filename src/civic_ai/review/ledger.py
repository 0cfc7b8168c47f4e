"""The ledger: append-only, in SQLite or PostgreSQL. One transaction reads, decides and appends.

::

    with ledger.writing() as book:
        book.append(envelope)                 # refused unless its signatures are good
        case = fold(book.about("streets"))    # whatever the caller must know; an error enters nothing

Before that, the hash of every line is compared with the last signed checkpoint: what that covers was admitted
when it came, so only entries about the case and about keys are read again. The lines themselves are read and
hashed whole, so that an altered row stops the ledger: before each entry, or, at a server, before each that
comes :data:`RESTS` seconds after the last whole reading (``docs/decisions/0021``). What stands after the
``with`` is on disk. Order is the entry's number; the clock is read here only, and a clock that went back is
told by verification, never trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from threading import Lock
from time import monotonic

from sqlalchemy import Connection, Engine, func, insert, select

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.errors import ConfigError, RefusedError
from civic_ai.core.messages import Message, say
from civic_ai.records.ledger import Checkpoint, LedgerEntry, SignedEnvelope
from civic_ai.review import ledger_engine, ledger_schema
from civic_ai.review.admission import Admitted, Stands, admit, counted
from civic_ai.review.checkpoint import open_checkpoint, sign_checkpoint
from civic_ai.review.findings import Finding
from civic_ai.review.keys import KeyRegister
from civic_ai.review.ledger_lines import Known, Lines, entries_in
from civic_ai.review.ledger_rows import lines_among, lines_of, size_of, with_cosignatures
from civic_ai.review.ledger_schema import CHECKPOINTS, COSIGNATURES, ENTRIES
from civic_ai.review.log_keys import LogKeys
from civic_ai.review.merkle import EMPTY_ROOT, Tree, leaf_hash
from civic_ai.review.note import NoteKey, VerifierKey
from civic_ai.review.witness import good_lines

Clock = Callable[[], datetime]
RESTS = 10.0
"""Seconds: after an altered row as many may pass until a server's ledger takes no entry any more."""


def now() -> datetime:
    """The server's clock, in UTC."""
    return datetime.now(UTC)


@dataclass
class Book:
    """The ledger inside one writing transaction."""

    connection: Connection
    at: str
    """The moment of whatever is appended in this transaction (UTC, microseconds)."""
    before: Lines
    """The entries that stood when the transaction began."""
    _new: list[LedgerEntry] = field(default_factory=list)
    tree: Tree = field(init=False)
    """Over the leaf hashes of all entries, those of this transaction too."""
    register: KeyRegister = field(init=False)
    """The keys as the entries leave them."""

    def __post_init__(self) -> None:
        self.tree = self.before.tree
        try:
            self.register = self.before.register(partial(lines_among, self.connection))
        except (KeyError, ValueError, RefusedError) as error:  # keys that nobody enrolled, no statement
            raise _altered() from error

    @property
    def size(self) -> int:
        """How many entries stand, those of this transaction too."""
        return self.before.size + len(self._new)

    @property
    def leaves(self) -> list[bytes]:
        """The leaf hash of each entry, those of this transaction too."""
        return [*self.before.leaves, *(leaf_hash(entry.line) for entry in self._new)]

    def entries(self) -> tuple[LedgerEntry, ...]:
        """All entries, those of this transaction too."""
        return _read(entries_in(lines_of(self.connection)))

    def about(self, subject: str) -> tuple[LedgerEntry, ...]:
        """As :meth:`Ledger.about`, and every entry of this transaction."""
        return _read(chain(self.before.about(partial(lines_among, self.connection), subject), self._new))

    def admit(self, envelope: SignedEnvelope) -> Admitted:
        """What ``envelope`` says and who signed it, if it may be the next entry.

        Raises :class:`RefusedError` when a signature is not good, the key is not in use, or its holder may
        not say this about keys.
        """
        found = admit(self._counted(envelope), self.size, envelope)
        if isinstance(found, Finding):
            raise _refused(found.says)
        return found

    def append(self, envelope: SignedEnvelope) -> LedgerEntry:
        """As :meth:`enter`; the entry alone."""
        return self.enter(envelope)[0]

    def enter(self, envelope: SignedEnvelope) -> Stands:
        """Append ``envelope``; the entry, what it says and who signed it.

        Raises :class:`RefusedError` as :meth:`admit`, and when the same statement stands already.
        """
        admitted = self.admit(envelope)
        said = digest_of_bytes(envelope.content)
        where = select(ENTRIES.c.number).where(ENTRIES.c.statement == said)
        if (number := self.connection.scalar(where)) is not None:
            raise _refused(say("the same statement stands already as entry {number}", number=number))
        entry = LedgerEntry(number=self.size, at=self.at, envelope=envelope)
        text = envelope.to_json().decode()
        row = {"number": entry.number, "at": entry.at, "envelope": text, "statement": said}
        self.connection.execute(insert(ENTRIES).values(row))
        self._new.append(entry)
        self.tree = self.tree.plus(leaf_hash(entry.line))
        self.register = admitted.register
        return entry, admitted

    def _counted(self, envelope: SignedEnvelope) -> KeyRegister:
        """The keys, with what the counter of each passkey that signs said last, in whatever case."""
        register = self.register
        for signature in envelope.signatures:
            span = register.spans.get(signature.keyid)
            if span is None or span.key.kind != "passkey":
                continue
            if last := self._last_signed_by(signature.keyid):
                register = register.with_span(counted(span, last.envelope))
        return register

    def _last_signed_by(self, key: str) -> LedgerEntry | None:
        new = [entry for entry in self._new if key in {one.keyid for one in entry.envelope.signatures}]
        before = self.before.last_signed_by(partial(lines_among, self.connection), key)
        return new[-1] if new else before

    @property
    def has_grown(self) -> bool:
        """Whether anything was appended in this transaction."""
        return self.size > self.before.size


@dataclass
class _Whole:
    """When the whole ledger was read last, by the clock that only goes on."""

    at: float = float("-inf")
    lock: Lock = field(default_factory=Lock)


@dataclass(frozen=True)
class Ledger:
    """One ledger. Without ``log_key`` it can be read only."""

    engine: Engine
    log_key: NoteKey | None = None
    clock: Clock = now
    known: Known = field(default_factory=Known)
    """What this process worked out of lines that it read."""
    turn: Lock = field(default_factory=Lock)
    """Held by the thread that writes: in turn, where SQLite lets in who asks at the right moment."""
    whole: _Whole = field(default_factory=_Whole)
    rests: float = 0
    """Seconds after a whole reading in which the next entry needs none."""

    @contextmanager
    def writing(self) -> Iterator[Book]:
        """One transaction to read, decide and append; any error leaves the ledger as it was.

        Raises :class:`RefusedError` when the entries are not those of the last signed checkpoint.
        """
        key = self.require_log_key()
        self.read_whole(self.rests)
        with self.turn, ledger_engine.writing(self.engine) as connection:
            book = self._book(connection, key)
            yield book
            if book.has_grown:
                _require_own(book, key.public)
                _write_checkpoint(connection, _checkpoint(book, key.name), key)

    def moment(self) -> str:
        """Now by its clock, as entries say it."""
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def _book(self, connection: Connection, key: NoteKey) -> Book:
        """What stands, if it is what the log signed last; what was known of other lines is thrown away."""
        try:
            return self._intact(connection, key)
        except RefusedError:
            self.known.forget()
            return self._intact(connection, key)

    def _intact(self, connection: Connection, key: NoteKey) -> Book:
        book = Book(connection, self.moment(), self._known_at(connection))
        _require_intact(book, key.public)
        return book

    def _known_at(self, connection: Connection) -> Lines:
        return self.known.at(size_of(connection), partial(lines_of, connection))

    def read_whole(self, rests: float = 0) -> None:
        """Hash every line again, unless that was done less than ``rests`` seconds ago."""
        with self.whole.lock:
            if monotonic() - self.whole.at < rests:
                return
            if self.known.is_any:  # else whoever asks reads all
                with ledger_engine.reading(self.engine) as connection:
                    self.known.compare(lines_of(connection))
            self.whole.at = monotonic()

    def entries(self) -> tuple[LedgerEntry, ...]:
        """All entries as they stand."""
        return _read(entries_in(self.snapshot().lines))

    def about(self, subject: str) -> tuple[LedgerEntry, ...]:
        """The entries about keys, and those with the subject of that name; perhaps one that quotes it."""
        with ledger_engine.reading(self.engine) as connection:
            return _read(self._known_at(connection).about(partial(lines_among, connection), subject))

    def register(self) -> KeyRegister:
        """The keys as the entries leave them."""
        with ledger_engine.reading(self.engine) as connection:
            return self._known_at(connection).register(partial(lines_among, connection))

    def leaves_under(self, root: str, size: int) -> list[bytes]:
        """The leaf hashes of the first ``size`` entries; none unless ``root`` (hex) is over just these."""
        with ledger_engine.reading(self.engine) as connection:
            found = self.known.at(size, partial(lines_of, connection))
        return found.leaves if (len(found.leaves), found.tree.root.hex()) == (size, root) else []

    def lines_from(self, number: int, most: int | None = None) -> tuple[bytes, ...]:
        """The lines of the entries from ``number`` on, ``most`` of them, unread and unchecked."""
        with ledger_engine.reading(self.engine) as connection:
            return tuple(lines_of(connection, number, most))

    def snapshot(self) -> Snapshot:
        """The ledger's own bytes in one moment, unread and unchecked."""
        with ledger_engine.reading(self.engine) as connection:
            lines = tuple(lines_of(connection))
            sizes = connection.scalars(select(COSIGNATURES.c.size).distinct()).all()
            latest = connection.scalar(select(func.max(CHECKPOINTS.c.size)))
            witnessed = with_cosignatures(connection, max(sizes)) if sizes else None
            return Snapshot(lines, with_cosignatures(connection, latest or 0), witnessed)

    def record_cosignature(self, note: str, witness: VerifierKey) -> None:
        """Keep the co-signature of ``witness`` that ``note`` carries.

        Raises :class:`RefusedError` unless it is a good one, on a checkpoint of this ledger.
        """
        with ledger_engine.writing(self.engine) as connection:
            size = _require_own_note(connection, note)
            lines = good_lines(note, witness)
            if not lines:
                raise _refused(say("no good signature of {witness} stands there", witness=witness.name))
            kept = connection.scalars(select(COSIGNATURES.c.line)).all()
            new = [line for line in lines if line not in kept]
            for number, line in enumerate(new, start=len(kept)):
                connection.execute(insert(COSIGNATURES).values(number=number, size=size, line=line))

    def require_log_key(self) -> NoteKey:
        """The log's private key. Raises :class:`ConfigError` where it is not at hand."""
        if self.log_key is None:
            raise ConfigError.because(
                say("the ledger cannot be written without the log's key"),
                remedy=say("Name its file with --log-key, or in CIVIC_AI_LOG_KEY."),
            )
        return self.log_key


@dataclass(frozen=True)
class Snapshot:
    """The lines of all entries, the last checkpoint, and the last one that a witness co-signed."""

    lines: tuple[bytes, ...]
    checkpoint: str
    witnessed: str | None = None


def found_ledger(url: str, log_key: NoteKey, clock: Clock = now) -> Ledger:
    """A new, empty ledger. Raises :class:`RefusedError` where one stands already."""
    with found_empty(url) as connection:
        empty = Checkpoint(origin=log_key.name, size=0, root=EMPTY_ROOT.hex())
        _write_checkpoint(connection, empty, log_key)
    return open_ledger(url, log_key, clock)


@contextmanager
def found_empty(url: str) -> Iterator[Connection]:
    """One transaction on new, empty tables. Raises :class:`RefusedError` where a ledger stands already."""
    engine = ledger_engine.open_engine(url)
    ledger_engine.make_private(engine)
    with ledger_engine.writing(engine) as connection:
        if ledger_schema.stands(connection):
            away = say("To restore another, move this one away first and keep it as evidence.")
            raise _refused(say("a ledger stands here already"), away)
        ledger_schema.create(connection)
        yield connection


def open_ledger(url: str, log_key: NoteKey | None = None, clock: Clock = now) -> Ledger:
    """The ledger at ``url``. Raises :class:`ConfigError` where none was founded."""
    return _opened(ledger_engine.open_engine(url), log_key, clock)


def serve_ledger(url: str, log_key: NoteKey, patience: int) -> Ledger:
    """The same for a server: its pages wait ``patience`` seconds for a lock, its connections are kept, and
    it :data:`RESTS` between two whole readings."""
    made = _opened(ledger_engine.open_engine(url, patience, keeps=True), log_key, now)
    return replace(made, rests=RESTS)


def _opened(engine: Engine, log_key: NoteKey | None, clock: Clock) -> Ledger:
    if ledger_engine.is_missing_file(engine) or not _stands(engine):
        raise ConfigError.because(
            say("no ledger stands here"),
            about=engine.url.render_as_string(hide_password=True),
            remedy=say("`civic-ai ledger new` founds one."),
        )
    return Ledger(engine, log_key, clock)


def _stands(engine: Engine) -> bool:
    with ledger_engine.reading(engine) as connection:
        return ledger_schema.stands(connection)


def _read(entries: Iterable[LedgerEntry]) -> tuple[LedgerEntry, ...]:
    try:
        return tuple(entries)
    except ValueError as error:
        raise _altered() from error


def _require_intact(book: Book, key: VerifierKey) -> None:
    """The entries must be those of the last checkpoint, signed by the log's key of that time."""
    newest = select(CHECKPOINTS.c.note).order_by(CHECKPOINTS.c.size.desc()).limit(1)
    note = book.connection.scalar(newest)
    signer = LogKeys(key, book.register.rotations).at(book.size)
    stated = open_checkpoint(note, signer) if note else None
    if stated is None:
        raise _refused(say("the last checkpoint of the ledger is not signed by {log}", log=key.name))
    if stated != _checkpoint(book, key.name):
        raise _altered()


def _require_own(book: Book, key: VerifierKey) -> None:
    """The key at hand must sign a ledger of this size, and the log's key have changed on these entries."""
    leaves = book.leaves if book.register.rotations else []
    if not all(one.fits(leaves) for one in book.register.rotations):
        raise _refused(say("the log's key was changed on other entries than these"))
    keys = LogKeys(key, book.register.rotations)
    if not keys.is_linked or keys.at(book.size) != key:
        raise _refused(
            say("the log's key {key} is not the one in use", key=key.id.hex()),
            say("Put the key in use in its place (keys/log.key), or name it with --log-key."),
        )


def _checkpoint(book: Book, origin: str) -> Checkpoint:
    return Checkpoint(origin=origin, size=book.size, root=book.tree.root.hex())


def _write_checkpoint(connection: Connection, checkpoint: Checkpoint, key: NoteKey) -> None:
    note = sign_checkpoint(checkpoint, key)
    connection.execute(insert(CHECKPOINTS).values(size=checkpoint.size, note=note))


def _require_own_note(connection: Connection, note: str) -> int:
    """The size of the checkpoint of ours that ``note`` repeats. Raises :class:`RefusedError`."""
    text = note.partition("\n\n")[0] + "\n\n"
    where = select(CHECKPOINTS.c.size).where(CHECKPOINTS.c.note.startswith(text, autoescape=True))
    size = connection.scalar(where)
    if size is None:
        raise _refused(say("this is no checkpoint of this ledger"))
    return int(size)


def _altered() -> RefusedError:
    made = RefusedError.because(
        say("the ledger's database was altered: it no longer agrees with its last checkpoint"),
        remedy=say("`civic-ai ledger export` and `civic-ai ledger verify` say what; then restore a copy."),
    )
    assert isinstance(made, RefusedError)
    return made


def _refused(says: Message, remedy: Message | None = None) -> RefusedError:
    made = RefusedError.because(says, remedy=remedy or say("Nothing was entered."))
    assert isinstance(made, RefusedError)
    return made

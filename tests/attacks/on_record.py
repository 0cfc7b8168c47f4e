# ruff: noqa: E501 (a row of the table is one line)
"""Attacks on the exported ledger: what a mirror, the operator, or another city could hand to a reader."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from civic_ai.core.base64 import base64_bytes, base64_text
from civic_ai.core.canonical import canonical_json
from civic_ai.records.ledger import Checkpoint, PublicKey, Signature, SignedEnvelope, key_id
from civic_ai.review.checkpoint import sign_checkpoint
from civic_ai.review.envelope import pre_authentication_encoding, seal_envelope, to_sign
from civic_ai.review.history import statement_of
from civic_ai.review.key_files import KeyFile, note_key
from civic_ai.review.keys import enrol, revoke
from civic_ai.review.log_keys import rotate
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.note import NoteKey
from civic_ai.review.passkey import challenge
from civic_ai.review.receipt import make_receipt, receipt_text
from civic_ai.review.statement import Statement
from tests.attacks.attack import Attack
from tests.attacks.world import PILOT, Told, World, about
from tests.unit.review.authenticator import Authenticator
from tests.unit.review.made_case import DIGESTS, act, deed
from tests.unit.review.made_ledger import LOG, OTHER_LOG, WITNESS, key_file, said

MIRROR = "whoever keeps a copy of the record"
OPERATOR = "operator with the log's key"
PROGRAM = "operator with a changed program"
OTHER_CITY = "operator of another city"
VERIFY = "ledger verify"
Lines = list[bytes]
MIDDLE = 20


def lines_of(world: World) -> Lines:
    return (world.record / "entries.txt").read_bytes().splitlines()


def _entries(change: Callable[[Lines], object]) -> Callable[[World], list[Told]]:
    """Change only the file of the entries: the mirror has no key."""

    def attack(world: World) -> list[Told]:
        lines = lines_of(world)
        change(lines)
        (world.record / "entries.txt").write_bytes(b"".join(line + b"\n" for line in lines))
        return world.verifies()

    return attack


def seal_anew(world: World, lines: Lines, key: NoteKey = LOG) -> None:
    """Entries, leaves and checkpoint as whoever holds ``key`` would make them."""
    leaves = [leaf_hash(line) for line in lines]
    checkpoint = Checkpoint(origin=LOG.name, size=len(leaves), root=root(leaves).hex())
    made = {
        "entries.txt": b"".join(line + b"\n" for line in lines),
        "leaves.txt": b"".join(base64_text(leaf).encode() + b"\n" for leaf in leaves),
        "checkpoint.txt": sign_checkpoint(checkpoint, replace(key, name=LOG.name)).encode(),
    }
    for name, content in made.items():
        (world.record / name).write_bytes(content)


def _rewrites(change: Callable[[Lines], object], key: NoteKey = LOG) -> Callable[[World], list[Told]]:
    """Change the entries and make all else to match, with the log's key."""

    def attack(world: World) -> list[Told]:
        lines = lines_of(world)
        change(lines)
        seal_anew(world, lines, key)
        return world.verifies()

    return attack


def line_of(envelope: SignedEnvelope, at: bytes = b"2026-01-02T18:30:00.000000Z") -> bytes:
    return at + b" " + envelope.to_json()


def _lets_in(made: Callable[[World], SignedEnvelope | bytes]) -> Callable[[World], list[Told]]:
    """A changed program appends what the office would have refused, and signs the checkpoint."""

    def attack(world: World) -> list[Told]:
        entry = made(world)
        line = entry if isinstance(entry, bytes) else line_of(entry)
        seal_anew(world, [*lines_of(world), line])
        return world.verifies()

    return attack


def _step(world: World, kind: str, by: str, role: str, **given: object) -> Statement:
    action = about(act(deed(kind, by, role, at=1, **given)), world.binding)
    return statement_of(PILOT, action, world.binding.dossier, world.office.policy)


def _remark(world: World, text: str = "never said before") -> Statement:
    told = _step(world, "comment", "coa", "coach")
    return told.model_copy(update={"predicate": {**told.predicate, "text": text}})


def _comment(world: World, *signers: str) -> SignedEnvelope:
    """The coach's comment, signed by the keys of these."""
    return said(_remark(world), *map(key_file, signers or ("coa",)))


def flip(lines: Lines) -> None:
    lines[MIDDLE] = lines[MIDDLE][:60] + bytes([lines[MIDDLE][60] ^ 1]) + lines[MIDDLE][61:]


def swap(lines: Lines) -> None:
    lines[MIDDLE], lines[MIDDLE + 1] = lines[MIDDLE + 1], lines[MIDDLE]


def move_a_day(lines: Lines) -> None:
    """The last entries, which no witness saw, are dated three days later."""
    lines[-1] = lines[-1].replace(b"2026-01-02", b"2026-01-05", 1)


def move_what_was_seen(lines: Lines) -> None:
    lines[MIDDLE] = b"2026-01-01T09:00:59.000000Z" + lines[MIDDLE][27:]


def cut_back_hiding_the_witness(world: World) -> list[Told]:
    """The operator also takes away the co-signed checkpoint; the coach has his own copy."""
    (world.record / "witnessed.txt").unlink()
    seal_anew(world, lines_of(world)[:MIDDLE])
    return world.verifies()


def fork(world: World) -> list[Told]:
    """Two readers are shown two histories; they compare the checkpoints that they kept."""
    world.take("comment", "dee", "developer")
    world.exports()
    shown = world.folder / "shown.txt"
    shown.write_bytes((world.record / "checkpoint.txt").read_bytes())
    other = lines_of(world)[:-1]
    seal_anew(world, [*other, line_of(_comment(world))])
    return world.verifies("--remembered", shown)


def forged_witness(world: World) -> list[Told]:
    path = world.record / "witnessed.txt"
    signed_by_log = path.read_text().splitlines(keepends=True)[:-1]
    path.write_text("".join(signed_by_log) + WITNESS.line(bytes(72)))
    return world.verifies()


def leaf_list(world: World) -> list[Told]:
    path = world.record / "leaves.txt"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[1], lines[0], *lines[2:]]))
    return world.verifies()


def other_city(world: World) -> list[Told]:
    """The same entries, names and origin under another city's log key."""
    seal_anew(world, lines_of(world), OTHER_LOG)
    return world.verifies()


def other_policy(world: World) -> list[Told]:
    [path] = (world.record / "policies").iterdir()
    told = json.loads(path.read_bytes())
    told["workflow"]["quorum_share"] = 0.9
    path.write_bytes(canonical_json(told))
    return world.verifies()


def no_policy(world: World) -> list[Told]:
    [path] = (world.record / "policies").iterdir()
    path.unlink()
    return world.verifies()


def by_a_revoked_key(world: World) -> bytes:
    lines = lines_of(world)
    ended = said(revoke(key_file("coa").public_key.id, "left"), key_file("off"))
    seal_anew(world, [*lines, line_of(ended)])
    return line_of(_comment(world))


def before_enrolment(world: World) -> list[Told]:
    """A vote stands before the entry that enrols its signer."""
    new = key_file("new")
    early = line_of(said(_step(world, "comment", "new", "coach"), new))
    enrolled = line_of(said(enrol(new.public_key), key_file("off")))
    seal_anew(world, [*lines_of(world), early, enrolled])
    return world.verifies()


def with_payload(content: bytes, *signers: KeyFile) -> SignedEnvelope:
    """An envelope over any bytes, every signature good."""
    message = pre_authentication_encoding("application/vnd.in-toto+json", content)
    signatures = [Signature(keyid=s.public_key.id, sig=base64_text(s.key.sign(message))) for s in signers]
    return SignedEnvelope(payload=base64_text(content), signatures=tuple(signatures))


def doubled_keys(world: World) -> SignedEnvelope:
    """What a careless reader takes for a vote to reject, another for one to approve."""
    content = _step(world, "vote", "cha", "chair").to_json()
    twice = content.replace(b'"verdict":"approve"', b'"verdict":"approve","verdict":"reject"')
    assert twice != content
    return with_payload(twice, key_file("cha"))


def with_a_blank(world: World) -> SignedEnvelope:
    content = _remark(world).to_json()
    return with_payload(content.replace(b'"kind":', b'"kind": '), key_file("coa"))


def spelt_otherwise(world: World) -> bytes:
    """The envelope's fields in another order: the same envelope for most programs."""
    told = json.loads(_comment(world).to_json())
    turned = {name: told[name] for name in ("signatures", "payload", "payloadType")}
    return b"2026-01-02T18:30:00.000000Z " + json.dumps(turned, separators=(",", ":")).encode()


def moved_signature(world: World) -> SignedEnvelope:
    """A good signature of one statement under another."""
    vote = _step(world, "vote", "coa", "member")
    return _comment(world).model_copy(update={"payload": base64_text(vote.to_json())})


def giant(world: World) -> SignedEnvelope:
    return said(_remark(world, "x" * 2**20), key_file("coa"))


def of_another_dossier(world: World) -> SignedEnvelope:
    """The subject, which other programs read, names one dossier, the step another."""
    action = about(act(deed("comment", "coa", "coach", at=1)), world.binding)
    return said(statement_of(PILOT, action, DIGESTS["F"], world.office.policy), key_file("coa"))


def starts_alone(world: World) -> SignedEnvelope:
    """The coach, who has no such power, suspends the pilot."""
    return said(_step(world, "suspend", "coa", "coach"), key_file("coa"))


def enrols(holder: str, key: str | None = None) -> Callable[[World], SignedEnvelope]:
    def made(_: World) -> SignedEnvelope:
        public = key_file("second face").public_key.model_copy(update={"holder": holder})
        if key is not None:
            public = PublicKey(id=key_id("ed25519", key), holder=holder, kind="ed25519", key=key)
        return said(enrol(public), key_file("off"))

    return made


def copied_passkey(world: World) -> list[Told]:
    """Two copies of a passkey count apart: the second says a number that was there before."""
    passkey = Authenticator(holder="pat")
    lines = [*lines_of(world), line_of(said(enrol(passkey.public_key), key_file("off")))]
    for number, count in ((1, 6), (2, 4)):
        passkey.count = count
        statement = _remark(world, f"no {number}")
        sig = base64_text(passkey.assertion(challenge(to_sign(statement))))
        lines.append(line_of(seal_envelope(statement, [Signature(keyid=passkey.public_key.id, sig=sig)])))
    seal_anew(world, lines)
    return world.verifies()


def _changes_log_key(old: NoteKey, *people: str) -> Callable[[World], SignedEnvelope]:
    """The log's key is changed on the record by these people, with the note of ``old``."""

    def made(world: World) -> SignedEnvelope:
        leaves = [leaf_hash(line) for line in lines_of(world)]
        before = Checkpoint(origin=LOG.name, size=len(leaves), root=root(leaves).hex())
        told = rotate(replace(old, name=LOG.name), NEW_LOG.public, before, "the server was replaced")
        return said(told, *map(key_file, people))

    return made


def old_log_key(world: World) -> list[Told]:
    """The log's key was changed rightly; a thief of the old one signs a history that goes on from there."""
    lines = [*lines_of(world), line_of(_changes_log_key(LOG, "off", "cha")(world))]
    seal_anew(world, lines)
    assert world.verifies() == []
    seal_anew(world, [*lines, line_of(_comment(world))])
    return world.verifies()


def before_the_change(world: World) -> list[Told]:
    """The thief copies the entry that changed the key behind a history without one of its steps."""
    lines = lines_of(world)
    changed = line_of(_changes_log_key(LOG, "off", "cha")(world))
    (world.folder / "coach.txt").write_bytes(_note_of(lines[:5]))
    (world.record / "witnessed.txt").unlink()
    seal_anew(world, [*lines[:-2], line_of(_comment(world)), lines[-1], changed])
    return world.verifies()


def _note_of(lines: Lines) -> bytes:
    leaves = [leaf_hash(line) for line in lines]
    return sign_checkpoint(
        Checkpoint(origin=LOG.name, size=len(leaves), root=root(leaves).hex()), LOG
    ).encode()


def _receipt(change: Callable[[str], str], key: NoteKey = LOG) -> Callable[[World], list[Told]]:
    def attack(world: World) -> list[Told]:
        lines = lines_of(world)
        checkpoint = (world.record / "checkpoint.txt").read_text()
        honest = receipt_text(make_receipt(lines, MIDDLE, checkpoint))
        assert world.checks(honest) == []
        if key is not LOG:
            seal_anew(world, lines, key)
            signed = (world.record / "checkpoint.txt").read_text()
            return world.checks(receipt_text(make_receipt(lines, MIDDLE, signed)))
        return world.checks(change(honest))

    return attack


def other_entry(text: str) -> str:
    head, _, rest = text.partition("\nextra ")
    old, _, tail = rest.partition("\n")
    content = base64_bytes(old).replace(b"2026-01-01", b"2026-01-03", 1)
    return f"{head}\nextra {base64_text(content)}\n{tail}"


NEW_LOG = replace(note_key(key_file("new", "log")), name=LOG.name)
NFD = unicodedata.normalize("NFD", "José")
ATTACKS = (
    Attack("a byte of an entry changed", MIRROR, VERIFY, "altered", f"#{MIDDLE}: entry {MIDDLE} was altered", _entries(flip)),
    Attack("an entry taken out", MIRROR, VERIFY, "removed", f"entry {MIDDLE} was removed", _entries(lambda lines: lines.pop(MIDDLE))),
    Attack("the end cut off", MIRROR, VERIFY, "truncated", "entry 28 is missing", _entries(lambda lines: lines.pop())),
    Attack("two entries change places", MIRROR, VERIFY, "reordered", f"entry {MIDDLE} stands at another place", _entries(swap)),
    Attack("an entry stands twice", MIRROR, VERIFY, "repeated", "at 5 an entry stands a second time", _entries(lambda lines: lines.insert(5, lines[3]))),
    Attack("an entry of one's own put between", MIRROR, VERIFY, "added", "at 9 stands an entry that was not signed", _entries(lambda lines: lines.insert(9, b"2026-01-01T09:00:00.000000Z {}"))),
    Attack("the list of leaf hashes changed", MIRROR, VERIFY, "leaf list", "list of leaf hashes", leaf_list),
    Attack("the policy that ruled swapped", MIRROR, VERIFY, "policy", "Another policy stands there", other_policy),
    Attack("the policy that ruled taken away", MIRROR, VERIFY, "policy", "is not at hand", no_policy),
    Attack("the witness's signature forged", MIRROR, VERIFY, "witness signature", "did not sign", forged_witness),
    Attack("a seen entry rewritten", OPERATOR, VERIFY, "rewritten", "first 27 entries are not those seen", _rewrites(move_what_was_seen)),
    Attack("cut back behind what the witness saw", OPERATOR, VERIFY, "cut back", "27 entries were seen; here stand 20", _rewrites(lambda lines: lines.__delitem__(slice(MIDDLE, None)))),
    Attack("the witness's lines stripped, then cut back", OPERATOR, f"{VERIFY} --remembered", "cut back", "27 entries were seen", cut_back_hiding_the_witness),
    Attack("two readers shown two histories", OPERATOR, f"{VERIFY} --remembered", "rewritten", "first 30 entries are not those seen", fork),
    Attack("an entry dated three days later", OPERATOR, VERIFY, "not allowed", "signed for January 2, 2026, and today is January 5, 2026", _rewrites(move_a_day)),
    Attack("an old envelope entered again", OPERATOR, VERIFY, "repeated", "again what entry 20 said", _rewrites(lambda lines: lines.append(b"2026-01-02T18:30:00.000000Z" + lines[MIDDLE][27:]))),
    Attack("a vote signed with a key that nobody enrolled", PROGRAM, VERIFY, "foreign key", "is not enrolled", _lets_in(lambda world: _comment(world, "eve"))),
    Attack("a step signed with a revoked key", PROGRAM, VERIFY, "revoked key", "no longer in use", _lets_in(by_a_revoked_key)),
    Attack("a step signed before its key was enrolled", PROGRAM, VERIFY, "early key", "enrolled only by entry 30", before_enrolment),
    Attack("a signature moved to another statement", PROGRAM, VERIFY, "bad signature", "is not good", _lets_in(moved_signature)),
    Attack("the same signature twice, to count twice", PROGRAM, VERIFY, "bad signature", "is not good", _lets_in(lambda world: _comment(world, "coa", "coa"))),
    Attack("a step signed in another's name", PROGRAM, VERIFY, "not allowed", "dee signed what coa is said to do", _lets_in(lambda world: _comment(world, "dee"))),
    Attack("another's signature added to a step", PROGRAM, VERIFY, "not allowed", "dee signed what coa is said to do", _lets_in(lambda world: _comment(world, "coa", "dee"))),
    Attack("a step by a role that may not", PROGRAM, VERIFY, "not allowed", "not for the coach to do: suspend the model", _lets_in(starts_alone)),
    Attack("a statement about one dossier, a step about another", PROGRAM, VERIFY, "not allowed", "signed about f{64}; the step is about", _lets_in(of_another_dossier)),
    Attack("a vote with its verdict twice in the JSON", PROGRAM, VERIFY, "no statement", "canonical JSON", _lets_in(doubled_keys)),
    Attack("a statement in another spelling of JSON", PROGRAM, VERIFY, "no statement", "canonical JSON", _lets_in(with_a_blank)),
    Attack("an envelope in another spelling of JSON", PROGRAM, VERIFY, "malformed", "cannot be read", _lets_in(spelt_otherwise)),
    Attack("a statement of a megabyte", PROGRAM, VERIFY, "too large", "more than 1048576 bytes", _lets_in(giant)),
    Attack("one person enrolled twice, in capitals", "custodian", VERIFY, "not entitled", "looks like that of another: ona", _lets_in(enrols("ONA"))),
    Attack("one person enrolled twice, with a sign nobody sees", "custodian", VERIFY, "not entitled", "characters that nobody sees", _lets_in(enrols("ona\u200b"))),
    Attack("a name in another spelling of Unicode", "custodian", VERIFY, "not entitled", "unusual spelling", _lets_in(enrols(NFD))),
    Attack("a key with which anybody can sign", "custodian", VERIFY, "not entitled", "of small order", _lets_in(enrols("pat", base64_text(b"\x01" + bytes(31))))),
    Attack("a copied passkey", "thief of a passkey", VERIFY, "counter", "counted 5 after 7", copied_passkey),
    Attack("the log's key changed by one person alone", OPERATOR, VERIFY, "not entitled", "two people must sign", _lets_in(_changes_log_key(LOG, "off"))),
    Attack("the log's key changed without the old one", PROGRAM, VERIFY, "log signature", "do not lead to the one given", _lets_in(_changes_log_key(OTHER_LOG, "off", "cha"))),
    Attack("the old log key signs on after it was changed", "thief of the old log key", VERIFY, "log signature", "not signed by city.example/ledger", old_log_key),
    Attack("another history put before the change of the log's key", "thief of the old log key", VERIFY, "rewritten", "#29: the log's key was changed by entry 29 on other entries", before_the_change),
    Attack("the ledger of another city, same names", OTHER_CITY, VERIFY, "log signature", "not signed by city.example/ledger", other_city),
    Attack("a receipt for another place", "whoever hands out a receipt", "ledger check", "altered", "#21: the entry does not stand", _receipt(lambda text: text.replace(f"index {MIDDLE}", f"index {MIDDLE + 1}"))),
    Attack("a receipt with another entry", "whoever hands out a receipt", "ledger check", "altered", "#20: the entry does not stand", _receipt(other_entry)),
    Attack("a receipt by another log", OTHER_CITY, "ledger check", "log signature", "not signed by city.example/ledger", _receipt(str, OTHER_LOG)),
)  # fmt: skip

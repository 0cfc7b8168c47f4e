"""Reading less of a ledger must never mean to miss an entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.records.ledger import LedgerEntry
from civic_ai.review import ledger_lines
from civic_ai.review.keys import enrol, is_about_keys, revoke
from civic_ai.review.ledger_lines import Among, Known, Lines, entries_in, register_of
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.statement import Digests, Statement, Subject, read_statement, state
from tests.unit.review.made_ledger import ANA, BEA, DOSSIER, said

NAMES = st.sampled_from(["streets", "street", "streets-2", 'a "quoted" name', "árboles", "a\\b", "key", ""])
KEYS = (enrol(BEA.public_key), revoke(BEA.public_key.id, "left"))


def about(*names: str, **predicate: object) -> Statement:
    subjects = tuple(Subject(name=name, digest_of_it=Digests(sha256=DOSSIER)) for name in names)
    return state("vote", "", DOSSIER, predicate).model_copy(update={"subject": subjects})


def lines(*statements: Statement) -> list[bytes]:
    at = "2026-01-05T09:00:00.000000Z"
    return [
        LedgerEntry(number=number, at=at, envelope=said(statement, ANA)).line
        for number, statement in enumerate(statements)
    ]


def at(made: list[bytes], known: Known | None = None) -> Lines:
    return (known or Known()).at(len(made), lambda first: made[first:])


def among(made: list[bytes]) -> Among:
    return lambda numbers: [made[number] for number in numbers]


def about_in(made: list[bytes], subject: str | None = None, known: Known | None = None) -> list[LedgerEntry]:
    return list(at(made, known).about(among(made), subject))


STATEMENTS = st.lists(
    st.one_of(
        st.sampled_from(KEYS),
        st.builds(about, NAMES, note=st.text(max_size=9)),
        st.builds(about, NAMES, NAMES),
        st.builds(lambda name: about("other", inner={"name": name}), NAMES),
    ),
    max_size=5,
)


@given(statements=STATEMENTS, subject=NAMES)
def test_no_entry_about_the_subject_or_about_keys_is_left_out(
    statements: list[Statement], subject: str
) -> None:
    whole = list(entries_in(lines(*statements)))
    read = about_in(lines(*statements), subject)
    wanted = [entry for entry in whole if concerns(entry, subject)]
    assert [entry for entry in whole if entry in read] == read, "as they stand, with their numbers"
    assert [entry for entry in read if concerns(entry, subject)] == wanted
    assert about_in(lines(*statements)) == [entry for entry in whole if of_keys(entry)]


def concerns(entry: LedgerEntry, subject: str) -> bool:
    return of_keys(entry) or subject in [one.name for one in read_statement(entry.envelope.content).subject]


def of_keys(entry: LedgerEntry) -> bool:
    return is_about_keys(read_statement(entry.envelope.content))


def test_the_others_are_not_read() -> None:
    made = lines(about("streets"), KEYS[0], about("trees"), about("policy", "streets"), about("streets-2"))
    made[2] = made[2].replace(b'"signatures"', b'"signatories"')
    assert [entry.number for entry in about_in(made, "streets")] == [0, 1, 3]
    with pytest.raises(ValueError, match="signatories"):
        list(entries_in(made))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b'{"payload":"', b'{"payload":"!'), (b'{"payload":"', b'{"payload": "'), (b'"payload"', b'"load"')],
)
def test_a_line_whose_payload_cannot_be_found_is_read_and_refused(was: bytes, becomes: bytes) -> None:
    (line,) = lines(about("trees"))
    with pytest.raises(ValueError, match=r"payload|canonical"):
        about_in([line.replace(was, becomes)], "streets")


@given(ledgers=st.lists(STATEMENTS, max_size=4), subject=NAMES)
def test_what_is_known_of_other_lines_changes_nothing(ledgers: list[list[Statement]], subject: str) -> None:
    known = Known()
    for statements in ledgers:
        made = lines(*statements)
        known.compare(made)
        for size in (len(made), len(made) // 2):
            found = at(made[:size], known)
            assert list(found.about(among(made), subject)) == about_in(made[:size], subject)
            assert found.leaves == [leaf_hash(line) for line in made[:size]]
            assert found.tree.root == root(found.leaves)


def test_lines_that_were_known_are_not_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known, made = Known(), lines(about("streets"), about("trees"))
    assert not known.is_any
    at(made, known)
    assert known.is_any
    hashed: list[bytes] = []
    monkeypatch.setattr(ledger_lines, "leaf_hash", lambda line: hashed.append(line) or b"")
    at([b"altered", b"too", b"more"], known)
    assert hashed == [b"more"]


def test_a_whole_reading_tells_lines_that_were_altered_from_those_that_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = lines(about("streets"), about("trees"))
    known = Known()
    at(made, known)
    known.compare([*made, b"more"])
    assert known.is_any
    known.compare(made[:1])
    assert known.is_any, "the rest may be on its way"
    known.compare([made[0], made[1] + b" "])
    assert not known.is_any
    at(made, known)
    known.forget()
    assert not known.is_any


def test_a_line_that_is_read_again_must_be_as_it_was() -> None:
    known, made = Known(), lines(about("streets"), KEYS[0], about("trees"))
    at(made, known)
    for number, line in ((0, lines(about("streets", more=1))[0]), (1, made[2])):
        other = [*made[:number], line, *made[number + 1 :]]
        with pytest.raises(ValueError, match="not as it was"):
            about_in(other, "streets", known)
    with pytest.raises(ValueError, match="zip"):
        list(at(made, known).about(lambda numbers: made[:1], "streets"))


def test_the_keys_are_worked_out_once_until_more_is_said_of_them() -> None:
    known = Known()
    made = lines(enrol(ANA.public_key, is_custodian=True), about("streets"))
    asked: list[list[int]] = []

    def noted(numbers: list[int]) -> list[bytes]:
        asked.append(numbers)
        return [made[number] for number in numbers]

    for _ in range(2):
        assert at(made, known).register(noted) == register_of(entries_in(made))
    made += lines(enrol(ANA.public_key, is_custodian=True), about("trees"), KEYS[0])[1:]
    assert at(made, known).register(noted) == register_of(entries_in(made))
    assert known.at(2, lambda first: ()).register(noted).spans.keys() == {ANA.public_key.id}
    assert asked == [[0], [0, 3], [0]]


def test_the_last_entry_of_a_signer_is_found_and_none_behind_the_end() -> None:
    known, made = Known(), lines(about("streets"), about("trees"), about("parks"))
    whole = at(made, known)
    last = whole.last_signed_by(among(made), ANA.public_key.id)
    assert last is not None
    assert last.number == 2
    assert whole.last_signed_by(among(made), BEA.public_key.id) is None
    earlier = known.at(2, lambda first: ()).last_signed_by(among(made), ANA.public_key.id)
    assert earlier is not None
    assert earlier.number == 1

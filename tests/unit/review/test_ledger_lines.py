"""Reading less of a ledger must never mean to miss an entry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.records.ledger import LedgerEntry
from civic_ai.review import ledger_lines
from civic_ai.review.keys import enrol, is_about_keys, revoke
from civic_ai.review.ledger_lines import Known, entries_in
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
    read = list(Known().at(lines(*statements)).about(subject))
    wanted = [entry for entry in whole if concerns(entry, subject)]
    assert [entry for entry in whole if entry in read] == read, "as they stand, with their numbers"
    assert [entry for entry in read if concerns(entry, subject)] == wanted
    assert list(Known().at(lines(*statements)).about()) == [entry for entry in whole if of_keys(entry)]


def concerns(entry: LedgerEntry, subject: str) -> bool:
    return of_keys(entry) or subject in [one.name for one in read_statement(entry.envelope.content).subject]


def of_keys(entry: LedgerEntry) -> bool:
    return is_about_keys(read_statement(entry.envelope.content))


def test_the_others_are_not_read() -> None:
    made = lines(about("streets"), KEYS[0], about("trees"), about("policy", "streets"), about("streets-2"))
    made[2] = made[2].replace(b'"signatures"', b'"signatories"')
    assert [entry.number for entry in Known().at(made).about("streets")] == [0, 1, 3]
    with pytest.raises(ValueError, match="signatories"):
        list(entries_in(made))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [(b'{"payload":"', b'{"payload":"!'), (b'{"payload":"', b'{"payload": "'), (b'"payload"', b'"load"')],
)
def test_a_line_whose_payload_cannot_be_found_is_read_and_refused(was: bytes, becomes: bytes) -> None:
    (line,) = lines(about("trees"))
    with pytest.raises(ValueError, match=r"payload|canonical"):
        list(Known().at([line.replace(was, becomes)]).about("streets"))


@given(ledgers=st.lists(STATEMENTS, max_size=4), subject=NAMES)
def test_what_is_known_of_other_lines_changes_nothing(ledgers: list[list[Statement]], subject: str) -> None:
    known = Known()
    for statements in ledgers:
        made = lines(*statements)
        for size in (len(made), len(made) // 2):
            found = known.at(made[:size])
            assert list(found.about(subject)) == list(Known().at(made[:size]).about(subject))
            assert found.leaves == [leaf_hash(line) for line in made[:size]]
            assert found.tree.root == root(found.leaves)


def test_lines_that_were_known_are_not_hashed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known, made = Known(), lines(about("streets"), about("trees"))
    known.at(made)
    hashed: list[bytes] = []
    monkeypatch.setattr(ledger_lines, "leaf_hash", lambda line: hashed.append(line) or b"")
    known.at([*made, b"more"])
    assert hashed == [b"more"]
    known.at(made[::-1])
    assert hashed == [b"more", *made[::-1]]

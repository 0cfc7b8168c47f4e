"""Which entries differ from those that the log signed: altered, removed, added, repeated, reordered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from civic_ai.core.messages import say
from civic_ai.review.findings import Finding


def compare(signed: Sequence[bytes], found: Sequence[bytes]) -> tuple[Finding, ...]:
    """How the leaf hashes ``found`` differ from the ``signed`` ones; each difference by its name and number.

    Numbers are those of the signed ledger, but for entries that it does not have.
    """
    if Counter(signed) == Counter(found):
        return tuple(
            Finding("reordered", say("entry {number} stands at another place", number=number), number)
            for number, (one, other) in enumerate(zip(signed, found, strict=True))
            if one != other
        )
    return tuple(_differences(signed, found))


def _differences(signed: Sequence[bytes], found: Sequence[bytes]) -> Iterator[Finding]:
    known = set(signed)
    matcher = SequenceMatcher(None, signed, found, autojunk=False)
    for _, start, end, there, there_end in matcher.get_opcodes():
        if signed[start:end] == found[there:there_end]:
            continue
        replaced = min(end - start, there_end - there)
        for step in range(replaced):
            yield _strange(found[there + step] in known, start + step, is_in_place=True)
        for number in range(start + replaced, end):
            yield _missing(number, is_at_end=end == len(signed))
        for number in range(there + replaced, there_end):
            yield _strange(found[number] in known, number, is_in_place=False)


def _strange(is_known: bool, number: int, *, is_in_place: bool) -> Finding:
    if is_known:
        return Finding("repeated", say("at {number} an entry stands a second time", number=number), number)
    if is_in_place:
        return Finding("altered", say("entry {number} was altered", number=number), number)
    return Finding("added", say("at {number} stands an entry that was not signed", number=number), number)


def _missing(number: int, *, is_at_end: bool) -> Finding:
    if is_at_end:
        return Finding(
            "truncated", say("the ledger was cut: entry {number} is missing", number=number), number
        )
    return Finding("removed", say("entry {number} was removed", number=number), number)

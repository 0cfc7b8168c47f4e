"""Seeded damage to a model file: digits, bytes, lines, tokens, cuts and repetitions."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import lru_cache

_NUMBERS = (
    b"-1",
    b"0",
    b"999999999",
    b"2147483648",
    b"-9223372036854775808",
    b"nan",
    b"inf",
    b"1e999",
    b"",
    b"x",
)


def damaged(content: bytes, times: int, seed: int) -> Iterator[bytes]:
    """``times`` versions of ``content``, each unlike it; the same for the same seed."""
    chance = random.Random(seed)
    while times:
        made = chance.choice(_WAYS)(content, chance)
        if made != content:
            times -= 1
            yield made


@lru_cache(maxsize=8)  # a model is damaged some hundred times
def _spans(pattern: bytes, content: bytes) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(pattern, content)]


def _digit(content: bytes, chance: random.Random) -> bytes:
    place, _ = chance.choice(_spans(rb"\d", content))
    return content[:place] + str(chance.randrange(10)).encode() + content[place + 1 :]


def _number(content: bytes, chance: random.Random) -> bytes:
    start, end = chance.choice(_spans(rb"-?\d[\d.e+-]*", content))
    return content[:start] + chance.choice(_NUMBERS) + content[end:]


def _byte(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def _line(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    place = chance.randrange(len(lines))
    return b"\n".join(lines[:place] + chance.choice(([], [lines[place]] * 3)) + lines[place + 1 :])


def _swap(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


_WAYS = (_digit, _number, _number, _byte, _cut, _line, _swap)

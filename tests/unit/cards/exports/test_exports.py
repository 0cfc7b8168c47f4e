"""Laws of every export: it says what it holds, holds what it says, and tells no small group."""

from __future__ import annotations

import csv
import io
import json

import pytest

from civic_ai.cards.exports.croissant import HOLDS as CROISSANT
from civic_ai.cards.exports.cyclonedx import HOLDS as CYCLONEDX
from civic_ai.cards.exports.exports import EXPORTS
from civic_ai.cards.exports.huggingface import HOLDS as HUGGINGFACE
from civic_ai.cards.exports.model_card_toolkit import HOLDS as MCT
from civic_ai.cards.exports.registers import REGISTERS, load_register
from tests.unit.cards.made_city import City
from tests.unit.cards.made_published import CITY_FIELDS, TOKENS, WALK, publish_made

HOLDS = {
    "record": frozenset(WALK.fields), "cyclonedx": CYCLONEDX, "huggingface": HUGGINGFACE,
    "croissant": CROISSANT, "mct": MCT, **{name: load_register(name).holds for name in REGISTERS},
}  # fmt: skip
each = pytest.mark.parametrize("name", sorted(EXPORTS))
# A column of choices takes none of our words; the Dutch register and OMB have such columns.
TAKES_A_CHOICE = {"omb": {"B10"}}


def _text(name: str, texts: dict[str, str]) -> str:
    """Everything that the export writes, but for what it says of itself."""
    made = EXPORTS[name](publish_made(texts))
    return "".join(content.decode() for file, content in made.items() if not file.endswith("about.json"))


@each
def test_it_holds_exactly_the_fields_that_it_says(name: str) -> None:
    text = _text(name, TOKENS)
    held = {field for field in CITY_FIELDS if TOKENS[field] in text}
    assert held == (HOLDS[name] & set(CITY_FIELDS)) - TAKES_A_CHOICE.get(name, set())


@each
def test_it_carries_the_digest_of_the_record(name: str) -> None:
    published = publish_made(TOKENS)
    made = EXPORTS[name](published)
    digest = published.record.digest
    if name == "record":
        assert made["record.json"] == published.record.to_json()
    else:
        assert any(digest in content.decode() for content in made.values())


@each
def test_it_names_what_it_cannot_hold(name: str) -> None:
    if name == "record":
        assert HOLDS[name] == set(WALK.fields)
        return
    whole = "".join(content.decode() for content in EXPORTS[name](publish_made({})).values())
    assert "cannot_hold" in whole
    missing = [field for field in WALK.fields if field not in HOLDS[name]]
    assert missing
    assert all(field in whole for field in missing)


@each
def test_the_same_record_gives_the_same_bytes(name: str) -> None:
    assert EXPORTS[name](publish_made(TOKENS)) == EXPORTS[name](publish_made(TOKENS))


@each
def test_two_numbers_of_a_small_group_make_no_difference_to_it(name: str) -> None:
    """What is hidden cannot be seen: only the digests of what stands behind may differ."""
    made = [EXPORTS[name](publish_made({}, City(groups="small", smallest=n))) for n in (3, 7)]
    published = [publish_made({}, City(groups="small", smallest=n)) for n in (3, 7)]
    one, other = ({file: content.decode() for file, content in files.items()} for files in made)
    for mine, theirs in zip(*(_digests(p) for p in published), strict=True):
        one = {file: text.replace(mine, theirs) for file, text in one.items()}
        one = {file: text.replace(mine[:12], theirs[:12]) for file, text in one.items()}
    if name == "cyclonedx":  # its serial number is made of the record's digest
        numbers = [json.loads(files["bom.cdx.json"])["serialNumber"] for files in (one, other)]
        one = {file: text.replace(*numbers) for file, text in one.items()}
    assert one == other


def _digests(published: object) -> list[str]:
    """Every digest in a public record, in order: those of the record, its dossier and its files."""
    record, manifest = published.record, published.sealed.manifest  # type: ignore[attr-defined]
    evidence = published.sealed.evidence  # type: ignore[attr-defined]
    files = [file.sha256 for file in manifest.files]
    named = [value for value in evidence.model_dump().values() if isinstance(value, str) and len(value) == 64]
    return [record.digest, manifest.digest, evidence.digest, published.sealed.gates.digest, *files, *named]  # type: ignore[attr-defined]


EVIL = '</script><b>"\n---\n# x\n=1+1; \\ \u2028 {{7*7}} ]]>'


@each
@pytest.mark.parametrize("evil", [EVIL, f"=1+1{EVIL}"])
def test_what_a_resident_could_break_a_file_with_does_no_harm(name: str, evil: str) -> None:
    made = EXPORTS[name](publish_made(dict.fromkeys(CITY_FIELDS, evil)))
    for file, content in made.items():
        if file.endswith(".json"):
            json.loads(content)
        if file.endswith(".csv"):
            head, *rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
            assert rows
            assert {len(row) for row in rows} == {len(head)}
            assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
        if file.endswith((".html", ".md")):
            assert b"<b>" not in content.partition(b"\n---\n")[2 if file.endswith(".md") else 0]

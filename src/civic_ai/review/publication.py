"""The public record as a static site: anybody may put it on any server, and read it without a login.

::

    index.html  register.json  register.csv  catalog.jsonld
    <language>/index.html                      all pilots
    <language>/<pilot>/index.html              notice, decisions, what is withheld, how to object
    <language>/<pilot>/model_card.es.html ...  the public cards, byte for byte as they were sealed

All or nothing: the site is made in a folder beside, then put in the place of the old one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from babel import Locale

from civic_ai.cards.numbers import written_date
from civic_ai.cards.render import render_template
from civic_ai.cards.tell import Teller
from civic_ai.core.csv import Cell, written
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import LANGUAGES, say
from civic_ai.records.public_register import Register, RegisterRow
from civic_ai.review.state_words import CARDS, QUESTIONS, REASONS, STATES, VERDICTS, WITHHELD
from civic_ai.store.blobs import store_error, write_file

MARK = "register.json"
"""A folder without it is not ours to replace."""
COLUMNS = (
    "pilot", "title", "owner", "contact", "state", "level", "holds_until", "data_up_to", "gates_passed",
    "gates_failed", "gates_unknown", "last_decision", "last_decision_on", "dossier",
)  # fmt: skip


def publish(register: Register, dossiers: Mapping[str, Path], to: Path) -> int:
    """Write the site of ``register`` to the folder ``to``; how many files it has.

    ``dossiers``: the folder of each pilot's sealed dossier. Raises :class:`RefusedError` where ``to`` holds
    something else than an earlier site, :class:`StoreError` where it cannot be written.
    """
    _require_ours(to)
    files = dict(site_files(register, dossiers))
    beside = to.with_name(f".{to.name}.publishing")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        for path, content in files.items():
            write_file(beside / path, content, mode=0o666)
        if to.exists():
            shutil.rmtree(to)
        beside.rename(to)
    except OSError as error:
        raise store_error(to, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return len(files)


def site_files(register: Register, dossiers: Mapping[str, Path]) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every file of the site."""
    yield MARK, register.to_json()
    yield "register.csv", written(COLUMNS, [_cells(row) for row in register.rows])
    yield "catalog.jsonld", catalog(register)
    yield "index.html", _page("register_languages", "en", {"languages": LANGUAGES})
    for language in LANGUAGES:
        yield f"{language}/index.html", _page("register", language, _register_view(register, language))
        for row in register.rows:
            yield (
                f"{language}/{row.pilot}/index.html",
                _page("register_pilot", language, _pilot_view(row, language)),
            )
            for name, content in _cards(row, dossiers[row.pilot], language):
                yield f"{language}/{row.pilot}/{name}", content


def catalog(register: Register) -> bytes:
    """The register as a DCAT 3 catalogue (W3C 2024): each pilot a dataset with its public pages."""
    datasets = [
        {
            "@type": "dcat:Dataset",
            "dct:identifier": row.pilot,
            "dct:title": [
                {"@language": language, "@value": row.title.in_language(language)} for language in LANGUAGES
            ],
            "dct:publisher": {"@type": "foaf:Agent", "foaf:name": row.owner},
            "dcat:contactPoint": {"@type": "vcard:Kind", "vcard:hasEmail": row.contact},
            "dct:modified": str(register.on),
            "dcat:distribution": [
                {"@type": "dcat:Distribution", "dcat:accessURL": f"{language}/{row.pilot}/index.html",
                 "dct:language": language, "dcat:mediaType": "text/html"}
                for language in LANGUAGES
            ],
        }
        for row in register.rows
    ]  # fmt: skip
    context = {
        "dcat": "http://www.w3.org/ns/dcat#",
        "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "vcard": "http://www.w3.org/2006/vcard/ns#",
    }
    made = {
        "@context": context,
        "@type": "dcat:Catalog",
        "dct:modified": str(register.on),
        "dcat:dataset": datasets,
    }
    return json.dumps(made, ensure_ascii=False, indent=1).encode()


def _require_ours(to: Path) -> None:
    if to.exists() and any(to.iterdir()) and not (to / MARK).is_file():
        raise RefusedError.because(
            say("holds something else than a public record"),
            about=str(to),
            remedy=say("Name an empty folder, or one that `civic-ai publish` wrote."),
        )


def _page(name: str, language: str, view: Mapping[str, object]) -> bytes:
    return render_template(name, Teller({}, language, Locale.parse(language)), view)


@dataclass(frozen=True)
class Line:
    """One pilot in the list."""

    row: RegisterRow
    title: str
    state: str
    holds_until: str


def _register_view(register: Register, language: str) -> dict[str, object]:
    lines = [_line(row, language) for row in register.rows]
    return {"lines": lines, "on": _day(register.on, language), "languages": LANGUAGES, "path": "index.html"}


def _line(row: RegisterRow, language: str) -> Line:
    teller = Teller({}, language, Locale.parse(language))
    return Line(row, teller.text(row.title), teller.word(STATES, row.state), _day(row.holds_until, language))


def _pilot_view(row: RegisterRow, language: str) -> dict[str, object]:
    teller = Teller({}, language, Locale.parse(language))
    return {
        "line": _line(row, language),
        "decisions": [
            {
                "asks": teller.word(QUESTIONS, decision.question),
                "verdict": teller.word(VERDICTS, decision.verdict),
                "on": _day(decision.decided_on, language),
                "until": _day(decision.expires_on, language),
                "votes": [(teller.word(VERDICTS, vote.verdict), vote) for vote in decision.votes],
                "decision": decision,
            }
            for decision in row.decisions
        ],
        "withheld": [
            (teller.word(WITHHELD, each.what), teller.word(REASONS, each.why)) for each in row.withheld
        ],
        "cards": [(name, teller.word(CARDS, name)) for name in CARDS if _has(row, name, language)],
        "data_up_to": _day(row.data_up_to, language),
        "languages": LANGUAGES,
        "path": f"{row.pilot}/index.html",
    }


def _has(row: RegisterRow, name: str, language: str) -> bool:
    return f"public/{name}.{language}.html" in row.cards


def _cards(row: RegisterRow, dossier: Path, language: str) -> Iterator[tuple[str, bytes]]:
    """Each public card of one language, as it was sealed, under its own name: cards link to each other."""
    for path in map(PurePosixPath, row.cards):
        if path.stem.endswith(f".{language}"):
            yield path.name, (dossier / path).read_bytes()


def _day(day: date | None, language: str) -> str:
    return "" if day is None else written_date(day, Locale.parse(language))


def _cells(row: RegisterRow) -> Sequence[Cell]:
    last = row.decisions[-1] if row.decisions else None
    return (
        row.pilot, row.title.in_language("en"), row.owner, row.contact, row.state, row.level,
        _iso(row.holds_until), _iso(row.data_up_to), row.gates_passed, row.gates_failed, row.gates_unknown,
        None if last is None else last.verdict, None if last is None else str(last.decided_on), row.dossier,
    )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return None if day is None else str(day)

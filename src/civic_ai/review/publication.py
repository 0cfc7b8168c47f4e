"""The public record as a static site: anybody may put it on any server, and read it without a login.

::

    index.html  register.json  register.csv  catalog.jsonld
    years/<year>.json                          the yearly reports, for machines
    receipts/<entry>.txt  log.pub  verify.mjs  what anybody needs to check a decision without a connection
    <language>/index.html                      all pilots
    <language>/years/<year>.html               what was decided, owed, waived and objected to in a year
    <language>/<pilot>/index.html              notice, decisions, what is withheld, how to object
    <language>/<pilot>/model_card.es.html ...  the public cards, byte for byte as they were sealed

All or nothing: the site is made in a folder beside, then put in the place of the old one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path, PurePosixPath

from civic_ai.cards.render import render_template
from civic_ai.core.csv import Cell, written
from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import LANGUAGES, say, shipped_folder
from civic_ai.records.public_register import RegisterRow
from civic_ai.review.catalog import catalog
from civic_ai.review.public_record import PublicRecord
from civic_ai.review.site_pages import SitePages, View, teller_in
from civic_ai.store.blobs import store_error, write_file

Make = Callable[[], bytes]
"""Makes the content of one file."""
MARK = "register.json"
"""A folder without it is not ours to replace."""
VERIFIER = "verify.mjs"
COLUMNS = (
    "pilot", "title", "owner", "contact", "state", "level", "holds_until", "data_up_to", "gates_passed",
    "gates_failed", "gates_unknown", "last_decision", "last_decision_on", "dossier",
)  # fmt: skip


def publish(record: PublicRecord, to: Path) -> int:
    """Write the site of ``record`` to the folder ``to``; how many files it has.

    Raises :class:`RefusedError` where ``to`` holds something else than an earlier site, :class:`StoreError`
    where it cannot be written.
    """
    _require_ours(to)
    files = dict(site_files(record))
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


def site_files(record: PublicRecord) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of every file of the site."""
    return ((path, make()) for path, make in site(record).items())


def site(record: PublicRecord) -> dict[str, Make]:
    """Every file of the site by its path, each made when it is asked for."""
    return dict(_site(record))


def _site(record: PublicRecord) -> Iterator[tuple[str, Make]]:
    register = record.register
    yield MARK, register.to_json
    yield "register.csv", lambda: written(COLUMNS, [_cells(row) for row in register.rows])
    yield "catalog.jsonld", lambda: catalog(register, [report.year for report in record.reports])
    yield from _receipts(record)
    for report in record.reports:
        yield f"years/{report.year}.json", report.to_json
    publisher = {"languages": LANGUAGES, "publisher": register.publisher}
    yield "index.html", partial(_page, "register_languages", "en", publisher)
    for language in LANGUAGES:
        yield from _pages(record, language)


def _receipts(record: PublicRecord) -> Iterator[tuple[str, Make]]:
    for entry, text in record.receipts.items():
        yield f"receipts/{entry}.txt", text.encode
    yield "receipts/log.pub", f"{record.log.text}\n".encode
    yield f"receipts/{VERIFIER}", (shipped_folder("docs") / "verifier" / VERIFIER).read_bytes


def _pages(record: PublicRecord, language: str) -> Iterator[tuple[str, Make]]:
    pages = SitePages(record.register, record.reports, language)
    yield f"{language}/index.html", _later("register", language, pages.index)
    for report in record.reports:
        yield (
            f"{language}/years/{report.year}.html",
            _later("register_year", language, partial(pages.year, report)),
        )
    for row in record.register.rows:
        yield (
            f"{language}/{row.pilot}/index.html",
            _later("register_pilot", language, partial(pages.pilot, row)),
        )
        for name, card in _cards(row, record.dossiers[row.pilot], language):
            yield f"{language}/{row.pilot}/{name}", card.read_bytes


def _later(name: str, language: str, view: Callable[[], View]) -> Make:
    return lambda: _page(name, language, view())


def _require_ours(to: Path) -> None:
    if to.exists() and any(to.iterdir()) and not (to / MARK).is_file():
        raise RefusedError.because(
            say("holds something else than a public record"),
            about=str(to),
            remedy=say("Name an empty folder, or one that `civic-ai publish` wrote."),
        )


def _page(name: str, language: str, view: View) -> bytes:
    return render_template(name, teller_in(language), view)


def _cards(row: RegisterRow, dossier: Path, language: str) -> Iterator[tuple[str, Path]]:
    """Each public card of one language, as it was sealed, under its own name: cards link to each other."""
    for path in map(PurePosixPath, row.cards):
        if path.stem.endswith(f".{language}"):
            yield path.name, dossier / path


def _cells(row: RegisterRow) -> Sequence[Cell]:
    last = row.decisions[-1] if row.decisions else None
    return (
        row.pilot, row.title.in_language("en"), row.owner, row.contact, row.state, row.level,
        _iso(row.holds_until), _iso(row.data_up_to), row.gates_passed, row.gates_failed, row.gates_unknown,
        None if last is None else last.verdict, None if last is None else str(last.decided_on), row.dossier,
    )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return None if day is None else str(day)

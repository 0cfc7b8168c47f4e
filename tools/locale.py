"""Collect every sentence of the code and the card templates, and bring the catalogues up to date.

``python -m tools.locale`` writes ``governance/locale/messages.pot`` and updates ``es.po`` and ``pt.po``:
translations that stand are kept, new sentences come in empty (a test then says which), and sentences
that nobody says any more leave. Nothing is guessed: there is no fuzzy matching, and no clock.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "governance" / "locale"
SOURCES = (
    (ROOT / "src", "**.py", "python"),
    (ROOT / "src", "**.html", "jinja2"),
    (ROOT / "governance" / "cards", "**.html", "jinja2"),
)
KEYWORDS = {"_": None, "say": None, "N_": None, "say_count": (1, 2)}
TRANSLATED = ("es", "pt")
_NO_CLOCK = datetime(2026, 11, 22, tzinfo=UTC)
_WIDTH = 110


def collect() -> Catalog:
    """A catalogue of every sentence that stands in the code and the templates."""
    template = Catalog(
        project="civic-ai",
        version="1",
        header_comment="# Every sentence that civic-ai says. Made by `make locale`; say it in es.po, pt.po.",
        msgid_bugs_address="see CONTRIBUTING.md",
        fuzzy=False,
        creation_date=_NO_CLOCK,
    )
    for folder, pattern, method in SOURCES:
        for found in extract_from_dir(folder, [(pattern, method)], keywords=KEYWORDS):
            template.add(found[2])
    for message in template:
        message.flags.discard("python-format")  # sentences have {places}; a "%" is only a percent sign
    return template


def read(language: str) -> Catalog:
    """The catalogue of ``language`` as it stands."""
    with (LOCALE / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


def updated(language: str, template: Catalog) -> Catalog:
    """The catalogue of ``language`` with the sentences of ``template``, in their order."""
    catalogue = read(language)
    catalogue.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    for message in catalogue:
        message.flags.discard("python-format")
    return catalogue


def write(name: str, catalogue: Catalog) -> None:
    """Write a catalogue, its sentences sorted."""
    with (LOCALE / name).open("wb") as target:
        write_po(target, catalogue, width=_WIDTH, sort_output=True, no_location=True)


def main() -> None:
    """Update everything and say what is left to translate."""
    template = collect()
    write("messages.pot", template)
    for language in TRANSLATED:
        catalogue = updated(language, template)
        write(f"{language}.po", catalogue)
        empty = [message.id for message in catalogue if message.id and not _is_translated(message.string)]
        print(f"{language}: {len(template)} sentences, {len(empty)} to translate")
        for sentence in empty:
            print(f"  {sentence}")


def _is_translated(text: str | tuple[str, ...]) -> bool:
    return all(text) if isinstance(text, tuple) else bool(text)


if __name__ == "__main__":
    main()

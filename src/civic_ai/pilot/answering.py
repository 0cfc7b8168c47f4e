"""Write one answer into a pilot's ``answers.yaml``: its comments stay, and a broken file is never written."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from civic_ai.pilot.answers import ANSWERS_FILE, Beside, read_answers
from civic_ai.records.answers import Answers
from civic_ai.store.blobs import store_error, write_file
from civic_ai.store.yaml import parse_yaml

_HEAD = "# What the city declares about this pilot. `civic-ai answer` asks for what is missing.\n"

SAID: Mapping[str, str] = {"en": "said:", "es": "dicho:", "pt": "dito:"}
"""What a line of evidence begins with that is a statement, by the language of whoever writes it."""


@dataclass(frozen=True)
class Said:
    """One answer as a person gives it at a terminal: text in one language, evidence, role and date.

    ``evidence``: ``https://...`` is a link, ``said:ROLE`` a statement (in any language of :data:`SAID`),
    anything else a file of the pilot.
    """

    field: str
    text: str
    language: str
    evidence: tuple[str, ...]
    by: str
    on: date


def write_answer(said: Said, beside: Beside) -> Answers:
    """All answers after ``said`` was written; texts in other languages and comments stay.

    The file is checked as a whole and then replaced at once: raises :class:`ConfigError` as
    :func:`read_answers` does, :class:`StoreError` where it cannot be written, and nothing was changed.
    """
    path = beside.folder / ANSWERS_FILE
    content = _with_answer(path, said, beside.pilot)
    answers = read_answers(parse_yaml(content, str(path)), beside)
    try:
        write_file(path, content, mode=0o666)  # the city's own file: the umask says who may read it
    except OSError as error:
        raise store_error(path, error) from error
    return answers


def _with_answer(path: Path, said: Said, pilot: str) -> bytes:
    yaml = YAML()
    yaml.width = 110
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    yaml.representer.ignore_aliases = lambda _: True
    if path.is_file():
        parse_yaml(path.read_bytes(), str(path))  # refuses what a round trip would hide
        whole = yaml.load(path.read_bytes())
    else:
        whole = yaml.load(_HEAD + f"pilot: {pilot}\nanswers: {{}}\n")
        whole["answers"] = CommentedMap()
    _put(whole, said)
    written = io.BytesIO()
    yaml.dump(whole, written)
    return written.getvalue()


def _put(whole: Any, said: Said) -> None:
    if whole.get("answers") is None:
        whole["answers"] = CommentedMap()
    entry = whole["answers"].setdefault(said.field, CommentedMap())
    before = entry.get("answer")
    texts = {"any": before} if isinstance(before, str) and before.strip() else dict(before or {})
    entry["answer"] = {**texts, said.language: said.text}
    if said.evidence:
        entry["evidence"] = list(proofs_of(said))
    entry["answered_by"] = said.by
    entry["on"] = said.on


def proofs_of(said: Said) -> Iterator[dict[str, Any]]:
    """The evidence as it stands in the file."""
    for evidence in said.evidence:
        if evidence.startswith(("https://", "http://")):
            yield {"link": evidence}
        elif evidence.startswith(tuple(SAID.values())):
            yield {"statement": evidence.partition(":")[2].strip(), "on": said.on}
        else:
            yield {"file": evidence}

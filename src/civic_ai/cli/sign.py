"""``civic-ai sign``: sign a statement that the desk wrote, on one's own machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from civic_ai.cli.board import KEY_HELP
from civic_ai.cli.language import reader_language
from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import Message, say


def sign(
    statement: Annotated[Path, typer.Argument(help="The statement, as the desk gave it.")],
    key: Annotated[Path, typer.Option(help=KEY_HELP)],
) -> int:
    """Sign a statement of the desk with your key file; hand in what is printed."""
    from civic_ai.review.envelope import seal_envelope
    from civic_ai.review.key_files import sign_with_file
    from civic_ai.review.statement import read_statement

    try:
        said = read_statement(statement.read_bytes())
    except OSError as error:
        raise ConfigError.because(
            say("cannot be read: {reason}", reason=error.strerror or error), about=str(statement)
        ) from error
    language = reader_language()
    for line in (
        _told(said.predicate_type, said.subject[0].name),
        say("digest {digest}", digest=said.digest),
    ):
        print(line.text(language), file=sys.stderr)
    print(seal_envelope(said, [sign_with_file(key, said)]).to_json().decode())
    return 0


def _told(kind: str, about: str) -> Message:
    """What somebody does by it, where it is a step of the workflow; else its address."""
    from civic_ai.records.workflow_words import DEEDS

    name = kind.split("/")[-2] if kind.count("/") > 1 else kind
    return say("You sign: {step}. It is about: {pilot}.", step=DEEDS.get(name, kind), pilot=about)

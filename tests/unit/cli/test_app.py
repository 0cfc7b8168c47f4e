from __future__ import annotations

import typer.main

from civic_ai.cli.app import app


def test_every_verb_says_what_it_does_and_every_option_is_explained() -> None:
    for name, command in typer.main.get_command(app).commands.items():
        assert command.help, name
        for parameter in command.params:
            if parameter.name != "help":
                assert getattr(parameter, "help", None), f"{name} {parameter.name}"

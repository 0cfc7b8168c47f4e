"""The command line: thin verbs over the stages."""

from civic_ai.cli.main import main

__all__ = ["main"]

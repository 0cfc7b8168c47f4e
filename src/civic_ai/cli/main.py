"""One place that turns what happened into an exit code.

0 done, all well; 2 usage or configuration; 3 done, and the answer is no; 4 data missing, broken or
too little; 1 anything unexpected; 130 interrupted. Results go to standard output, progress and
errors to standard error.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

from civic_ai.cli.language import reader_language
from civic_ai.core.errors import CivicError
from civic_ai.core.messages import say

INTERRUPTED = 130
BLAS_THREADS = "OPENBLAS_NUM_THREADS"
"""Two fits run at once; more threads inside of them would wait for each other, spinning (TARGETS 3)."""
UNEXPECTED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Never raises."""
    os.environ.setdefault(BLAS_THREADS, "1")
    from civic_ai.cli.app import app

    try:
        code = app(args=None if arguments is None else list(arguments), standalone_mode=False)
    except CivicError as error:
        _complain(error.text(reader_language()))
        return error.exit_code
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:
        return _reader_went_away()
    except Exception as error:
        return _unexpected(error)
    if code == INTERRUPTED:  # typer makes an exit of Ctrl-C
        _complain(say("interrupted; run again to go on where it stopped").text(reader_language()))
    return code if isinstance(code, int) else 0


def _complain(text: str) -> None:
    print(text, file=sys.stderr)


def _reader_went_away() -> int:
    """The program that read our output closed it (``| head``): end quietly."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _unexpected(error: Exception) -> int:
    usage = getattr(error, "exit_code", None)
    if usage is not None and hasattr(error, "format_message"):
        _complain(error.format_message())
        _complain(say("`civic-ai --help` lists the commands.").text(reader_language()))
        return int(usage)
    if os.environ.get("CIVIC_AI_DEBUG"):
        traceback.print_exc()
    kind = type(error).__name__
    _complain(
        say("something unexpected happened: {kind}: {error}", kind=kind, error=error).text(reader_language())
    )
    _complain(say("Set CIVIC_AI_DEBUG=1 and run again to see where.").text(reader_language()))
    return UNEXPECTED

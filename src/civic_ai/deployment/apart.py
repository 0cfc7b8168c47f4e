"""Opens what is not approved yet in a process of its own, with limits; a process that dies is a refusal.

LightGBM aborts, crashes or hangs on many damaged texts, which no ``try`` can catch. The process that this
one starts (:mod:`apart_child`) reads the libraries once and forks for each model; answers come back as JSON,
so nothing that the model's process says is unpickled. It keeps a damaged file from stopping ours. It is no
prison for code: there is none in bundle/1.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from civic_ai.core.errors import RefusedError
from civic_ai.core.messages import Message, say

START_SECONDS = 120.0
"""Reading the libraries takes seconds, on a busy machine many."""
GRACE_SECONDS = 10.0
MOST_ANSWER_BYTES = 64 * 1024 * 1024
"""An answer longer than this is none of ours: it is cut off, unread."""


@dataclass(frozen=True)
class Limits:
    """What one model may take: bytes of address space, seconds of the processor, seconds by the clock."""

    memory_bytes: int = 4 * 1024**3
    cpu_seconds: int = 60
    wall_seconds: float = 120.0


class Apart:
    """A process that opens models; use it in a ``with``. After a refusal it opens the next."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()

    def __enter__(self) -> Self:
        command = [sys.executable, "-P", "-m", "civic_ai.deployment.apart_child"]
        self._process = subprocess.Popen(
            [*command, json.dumps(asdict(self.limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
        )
        self._buffer = b""
        if self._line(START_SECONDS) != {"ready": True}:
            self._stop()
            raise _refused(say("the process that opens models apart did not start"))
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def score(self, bundle: Path, frame: pd.DataFrame) -> NDArray[np.float64]:
        """What the model in folder ``bundle`` says of the rows of ``frame``; NaN means not known.

        Raises :class:`RefusedError` where the files are not of our making, where opening them ended its
        process (crash, memory, time), or where the answer is not one finite number a row.
        """
        columns = {str(name): _numbers(frame[name]) for name in frame.columns}
        answer = self._ask({"bundle": str(bundle.resolve()), "rows": len(frame), "columns": columns})
        scores = np.asarray(answer.get("scores", ()), dtype=np.float64)
        if len(scores) != len(frame) or not np.isfinite(scores).all():
            raise _refused(say("the model does not say one number for each row"))
        return scores

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(asked).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise _refused(say("the process that opens models apart has ended")) from error
        answer = self._line(self.limits.wall_seconds + GRACE_SECONDS)
        if answer is None:
            self._stop()
            raise _refused(say("the process that opens models apart has ended"))
        if "scores" not in answer:
            raise _refused(_why(answer))
        return answer

    def _line(self, seconds: float) -> dict[str, Any] | None:
        """The next line that the process writes; None where none comes, or one that is none of ours."""
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        while b"\n" not in self._buffer and len(self._buffer) < MOST_ANSWER_BYTES:
            ready, _, _ = select.select([descriptor], [], [], seconds)
            chunk = os.read(descriptor, 1 << 20) if ready else b""
            if not chunk:
                return None
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        try:
            answer = json.loads(line)
        except ValueError:
            return None
        return answer if isinstance(answer, dict) else None

    def _stop(self) -> None:
        """End the process and whatever it has forked."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.communicate()


def _numbers(values: Any) -> list[float | None]:
    numbers = np.asarray(values, dtype=np.float64)
    return [None if np.isnan(number) else float(number) for number in numbers]


def _why(answer: dict[str, Any]) -> Message:
    """A sentence for what came of opening a model."""
    if "signal" in answer:
        return say("opening the model ended its process (signal {number})", number=answer["signal"])
    if "late" in answer:
        return say("opening the model took longer than {seconds} seconds", seconds=answer["late"])
    return say("the model cannot be opened: {reason}", reason=str(answer.get("refused", ""))[:300])


def _refused(says: Message) -> RefusedError:
    made = RefusedError.because(says, about="bundle", remedy=say("Do not use this model; train it again."))
    assert isinstance(made, RefusedError)
    return made

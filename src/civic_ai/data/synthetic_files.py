"""The example city as files: written once, whole or not at all."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv
from filelock import FileLock

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.store.blobs import store_error

TRUTH_PREFIX = "truth_"
TRUTH_WARNING = "# The truth about a made-up city: no pilot may read this file.\n"
"""First line of every truth file. It is no CSV header, so a strict reader refuses the file."""


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The table as UTF-8 CSV with a header, without quotes, blanks as empty cells.

    Raises ``ArrowInvalid`` for a value that would need quotes: the city has none."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    sink = io.BytesIO()
    options = pyarrow.csv.WriteOptions(quoting_style="none", quoting_header="none")
    pyarrow.csv.write_csv(table, sink, options)
    return sink.getvalue()


def read_truth(path: Path) -> pd.DataFrame:
    """A truth file, for tests and experiments only."""
    return pd.read_csv(path, skiprows=1)


def code_name(package: Path) -> str:
    """Twelve characters that change whenever a ``synthetic*.py`` changes: old files are not reused."""
    sources = sorted(package.glob("synthetic*.py"))
    return digest_of_bytes(b"\0".join(source.read_bytes() for source in sources))[:12]


def write_folder_once(folder: Path, make: Callable[[], Mapping[str, bytes]]) -> None:
    """Fill ``folder`` with the files that ``make`` gives, unless it stands already.

    The folder appears by one rename, so it is complete if it is there; a lock keeps a second process
    waiting, and what a killed one left behind is removed. Raises ``StoreError``.
    """
    if folder.is_dir():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f".{folder.name}.lock")):
            if not folder.is_dir():
                _fill(folder, make())
    except OSError as error:
        raise store_error(folder, error) from error


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    unfinished = folder.with_name(f".{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    for name, content in files.items():
        _write_to_disk(unfinished / name, content)
    os.replace(unfinished, folder)


def _write_to_disk(path: Path, content: bytes) -> None:
    with path.open("wb") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())

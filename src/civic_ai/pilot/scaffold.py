"""Start a new pilot from one that stands: a copy with its own name."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say, shipped_folder
from civic_ai.pilot.load import SPEC_FILE
from civic_ai.store.blobs import store_error

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,40}")
_README = """# {name}

The page for the public is still to be written: what is tried, with which data, what it decides and
what it does not, who decides, and how to ask or object.
"""
_PILOT_LINE = re.compile(r"^pilot:.*$", re.MULTILINE)


def new_pilot(name: str, source: str, folder: Path) -> Path:
    """The folder of the new pilot, a copy of ``source`` under another name.

    ``source`` is a pilot in ``folder``, a path, or one that came with this installation. Raises
    :class:`ConfigError` when the name cannot be used, is taken, or the source does not stand.
    """
    if not _NAME.fullmatch(name):
        raise ConfigError.because(
            say("is not a name that can be used here: {given}", given=name),
            about="pilot",
            remedy=say("Use lower-case letters, digits and hyphens, such as bogota-potholes."),
        )
    target = folder / name
    if target.exists():
        raise ConfigError.because(
            say("stands already: {path}", path=target), about=name, remedy=say("Choose another name.")
        )
    copied = _find(source, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as temporary:
            _copy(copied, Path(temporary) / name, name).rename(target)
    except OSError as error:
        raise store_error(target, error) from error
    return target


def _copy(copied: Path, made: Path, name: str) -> Path:
    """The spec under its own name, the contracts, and a page for the public that is still to be written."""
    shutil.copytree(copied, made, ignore=shutil.ignore_patterns("answers.yaml", "impact.yaml"))
    spec = made / SPEC_FILE
    spec.write_text(_PILOT_LINE.sub(f"pilot: {name}", spec.read_text("utf-8"), count=1), "utf-8")
    (made / "README.md").write_text(_README.format(name=name), "utf-8")
    return made


def _find(source: str, folder: Path) -> Path:
    for candidate in (folder / source, Path(source), shipped_folder("pilots") / source):
        if (candidate / SPEC_FILE).is_file():
            return candidate
    known = sorted(path.parent.name for path in shipped_folder("pilots").glob(f"*/{SPEC_FILE}"))
    raise ConfigError.because(
        say("there is no pilot called {name}", name=source),
        about="--from",
        remedy=say("Known: {known}.", known=", ".join(known)),
    )

"""What ``civic-ai doctor`` looks at, one function a subject."""

from __future__ import annotations

import ctypes.util
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal
from urllib.parse import urlparse

from civic_ai.core.errors import CivicError
from civic_ai.core.messages import governance_folder
from civic_ai.store.workspace import open_workspace

ENOUGH_DISK_GB = 2
_LIMIT_SECONDS = 3


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; ``remedy`` is empty when all is well."""

    subject: str
    state: Literal["well", "watch", "wrong"]
    found: str
    remedy: str = ""


def examine(environment: Mapping[str, str]) -> list[Finding]:
    """Every finding, in a fixed order. Looks only; changes nothing but a probe in the workspace."""
    return [finding for look in LOOKS for finding in look(environment)]


def _python(_: Mapping[str, str]) -> Iterator[Finding]:
    found = ".".join(map(str, sys.version_info[:3]))
    supported = (3, 11) <= sys.version_info[:2] <= (3, 13)
    remedy = "" if supported else "Use Python 3.11, 3.12 or 3.13."
    yield Finding("python", "well" if supported else "wrong", found, remedy)


def _libraries(_: Mapping[str, str]) -> Iterator[Finding]:
    from packaging.requirements import Requirement

    wanted = [Requirement(text) for text in requires("civic-ai") or ()]
    broken = []
    for requirement in wanted:
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            if not requirement.specifier.contains(version(requirement.name), prereleases=True):
                broken.append(
                    f"{requirement.name} {version(requirement.name)} (wants {requirement.specifier})"
                )
        except PackageNotFoundError:
            broken.append(f"{requirement.name} is not installed")
    remedy = "Install again: pip install -e . (or make env)." if broken else ""
    yield Finding("libraries", "wrong" if broken else "well", "; ".join(broken) or "as declared", remedy)


def _openmp(_: Mapping[str, str]) -> Iterator[Finding]:
    found = ctypes.util.find_library("gomp") or ctypes.util.find_library("omp")
    remedy = "" if found else "LightGBM needs it: apt-get install libgomp1."
    yield Finding("libgomp", "well" if found else "wrong", found or "not found", remedy)


def _workspace(environment: Mapping[str, str]) -> Iterator[Finding]:
    workspace = open_workspace(environment)
    try:
        workspace.require_writable()
    except CivicError as error:
        yield Finding("workspace", "wrong", error.text().splitlines()[0], "Set CIVIC_AI_HOME.")
        return
    free = shutil.disk_usage(workspace.folder).free / 1e9
    remedy = "" if free >= ENOUGH_DISK_GB else f"Free some space: {ENOUGH_DISK_GB} GB are advised."
    yield Finding(
        "workspace", "well" if not remedy else "watch", f"{workspace.folder}, {free:.0f} GB free", remedy
    )


def _governance(_: Mapping[str, str]) -> Iterator[Finding]:
    folder = governance_folder()
    stands = (folder / "policy.yaml").is_file()
    yield Finding(
        "governance", "well" if stands else "wrong", str(folder), "" if stands else "Install again."
    )


def _standards(_: Mapping[str, str]) -> Iterator[Finding]:
    """Maps of standards that were looked at longer ago than the policy's ``standards_max_age_days``."""
    from civic_ai.pilot.crosswalk import shipped_crosswalk
    from civic_ai.policy.load import load_policy

    crosswalk, days = shipped_crosswalk(), load_policy().standards_max_age_days
    old = sorted(crosswalk.older_than(days, datetime.fromtimestamp(time.time(), UTC).date()))
    if old:
        found = f"looked at more than {days} days ago: {', '.join(old)}"
        remedy = "Read them again, correct crosswalks/standards.yaml, then set checked_on."
        yield Finding("standards", "watch", found, remedy)
    else:
        yield Finding("standards", "well", f"{len(crosswalk.standards)}, all looked at within {days} days")


def _tracking(environment: Mapping[str, str]) -> Iterator[Finding]:
    uri = environment.get("MLFLOW_TRACKING_URI", "")
    parsed = urlparse(uri)
    if parsed.scheme not in ("http", "https"):
        yield Finding("tracking", "well", uri or "a SQLite file in the workspace")
        return
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    try:
        socket.create_connection((parsed.hostname or "", port), timeout=_LIMIT_SECONDS).close()
    except OSError as error:
        remedy = "Runs finish without it; `civic-ai sync` sends the rest later."
        yield Finding("tracking", "watch", f"{parsed.hostname}:{port}: {error}", remedy)
    else:
        yield Finding("tracking", "well", f"{parsed.hostname}:{port} answers")


def _data(environment: Mapping[str, str]) -> Iterator[Finding]:
    folder = environment.get("CIVIC_AI_DATA")
    if folder is None:
        yield Finding("CIVIC_AI_DATA", "well", "not set (only the pilots on real data need it)")
    else:
        stands = Path(folder).is_dir()
        remedy = "" if stands else "Set it to a folder that stands."
        yield Finding("CIVIC_AI_DATA", "well" if stands else "wrong", folder, remedy)


def _fonts(_: Mapping[str, str]) -> Iterator[Finding]:
    folders = [Path("/usr/share/fonts"), Path.home() / ".fonts", Path("/Library/Fonts")]
    count = sum(1 for folder in folders if folder.is_dir() for _ in folder.rglob("*.[to]tf"))
    found = f"{count} in the usual folders; pictures on cards bring their own measure"
    yield Finding("fonts", "well", found)


def _clock(_: Mapping[str, str]) -> Iterator[Finding]:
    """A clock before the newest file of this installation is wrong."""
    newest = max(path.stat().st_mtime for path in governance_folder().rglob("*") if path.is_file())
    behind = newest - time.time()
    remedy = "Set the clock: dates in ledgers and receipts come from it." if behind > 86_400 else ""
    yield Finding("clock", "watch" if remedy else "well", time.strftime("%Y-%m-%d %H:%M %Z"), remedy)


def _assets(_: Mapping[str, str]) -> Iterator[Finding]:
    """The desk works without them, and looks it."""
    from civic_ai.web.assets import REMEDY, STATIC, assets_fault

    fault = assets_fault()
    if fault is None:
        yield Finding("desk assets", "well", str(STATIC))
    else:
        yield Finding("desk assets", "watch", fault.text(), REMEDY.text())


LOOKS: tuple[Callable[[Mapping[str, str]], Iterator[Finding]], ...] = (
    _python, _libraries, _openmp, _workspace, _governance, _standards, _tracking, _data, _fonts, _assets,
    _clock,
)  # fmt: skip

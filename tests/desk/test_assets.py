"""The desk's assets: the same lock gives the same bytes; no registry is named, no other host asked."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASSETS, STATIC = ROOT / "assets", ROOT / "src" / "civic_ai" / "web" / "static"
NODE = shutil.which("node")

needs_build = pytest.mark.skipif(
    not (STATIC / "manifest.json").is_file(), reason="the desk's assets are not built: make assets"
)
needs_packages = pytest.mark.skipif(
    NODE is None or not (ASSETS / "node_modules").is_dir(), reason="no Node, or no packages: make assets"
)


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def manifest() -> dict[str, Any]:
    made: dict[str, Any] = json.loads((STATIC / "manifest.json").read_bytes())
    return made


@needs_build
@needs_packages
def test_a_second_build_gives_the_same_bytes(tmp_path: Path) -> None:
    assert NODE is not None
    subprocess.run([NODE, str(ASSETS / "build.mjs"), str(tmp_path / "again")], check=True, cwd=tmp_path)
    assert digests(tmp_path / "again") == digests(STATIC), "run `make assets`"


@needs_build
def test_the_manifest_names_every_file_and_what_it_was_made_of() -> None:
    found = digests(STATIC)
    del found["manifest.json"]
    told = manifest()
    assert told["files"] == found
    sources = {name: sha256((ASSETS / name).read_bytes()).hexdigest() for name in told["sources"]}
    assert told["sources"] == sources, "a source has changed: run `make assets`"
    assert {path.name for path in (ASSETS / "styles").iterdir()} == {
        Path(name).name for name in sources if name.startswith("styles/")
    }


@needs_build
def test_what_is_shipped_has_its_licence_and_loads_nothing_from_elsewhere() -> None:
    lock = json.loads((ASSETS / "package-lock.json").read_bytes())["packages"]
    for package in manifest()["packages"]:
        assert package["version"] == lock[f"node_modules/{package['name']}"]["version"]
        licence = package["name"].removeprefix("@").replace("/", "-")
        assert (STATIC / "licences" / f"{licence}.txt").stat().st_size > 100
    css = (STATIC / "desk.css").read_text("utf-8")
    assert not re.search(r"url\(['\"]?(https?:)?//", css)
    assert "usa-banner" not in css


def test_the_lock_names_no_registry_and_every_digest() -> None:
    lock = json.loads((ASSETS / "package-lock.json").read_bytes())
    assert lock["packages"]
    for name, package in lock["packages"].items():
        assert "resolved" not in package, name
        assert not name or package["integrity"].startswith("sha512-"), name
    assert "registry" not in (ASSETS / "package-lock.json").read_text("utf-8")

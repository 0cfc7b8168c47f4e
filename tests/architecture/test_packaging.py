"""What is handed out holds what it needs: the source archive builds the same wheel as the clone does."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).resolve().parents[2]
PACKAGE, STATIC = "src/civic_ai", "src/civic_ai/web/static"
SHIPPED = ("governance", "docs/verifier", "pilots/example-potholes")
"""Folders beside the package that an installation needs."""

needs_build = pytest.mark.skipif(
    not (ROOT / STATIC / "manifest.json").is_file(), reason="the desk's assets are not built: make assets"
)


@cache
def packed(kind: type[SdistBuilder] | type[WheelBuilder]) -> frozenset[str]:
    """Every file that this builder takes from the clone, as a path in it."""
    files = kind(str(ROOT)).recurse_included_files()
    return frozenset(Path(file.path).relative_to(ROOT).as_posix() for file in files)


def files_in(folders: Iterable[str]) -> set[str]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if "__pycache__" not in path.parts}


@pytest.mark.parametrize("kind", [SdistBuilder, WheelBuilder])
def test_the_package_is_whole_with_templates_and_types(
    kind: type[SdistBuilder] | type[WheelBuilder],
) -> None:
    needed = files_in([PACKAGE]) - files_in([STATIC])
    assert f"{PACKAGE}/py.typed" in needed
    assert needed <= packed(kind)


@pytest.mark.parametrize("kind", [SdistBuilder, WheelBuilder])
@needs_build
def test_what_the_desks_pages_load_is_in_it(kind: type[SdistBuilder] | type[WheelBuilder]) -> None:
    """Git ignores it. A wheel is usually built from the source archive, so it has to be in both."""
    assert files_in([STATIC]) <= packed(kind)


def test_what_stands_beside_the_package_comes_along() -> None:
    assert files_in(SHIPPED) <= packed(SdistBuilder)
    assert files_in(SHIPPED) <= packed(WheelBuilder)

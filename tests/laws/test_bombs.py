"""Files that would exhaust a machine: each is refused in two seconds and little memory.

Each is read in a child of a server that has only imported, so that peak memory and time are its own, and not
those of all tests that ran before. The limit is what reading adds to what Python with its libraries takes.
"""

from __future__ import annotations

import gzip
import json
import multiprocessing
import resource
import time
import zlib
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from civic_ai.core.errors import CivicError, ConfigError, DataError
from civic_ai.data.polygons import read_polygons
from civic_ai.data.stream import RawFile
from civic_ai.data.verified import write_verified
from civic_ai.store.yaml import parse_yaml
from tests.unit.data.cities import texts

SECONDS, MEGABYTES = 2.0, 300.0
_FRESH = multiprocessing.get_context("forkserver")
_FRESH.set_forkserver_preload([__name__])
HEADER = b"a,b\n"


def _zeros(path: Path, filler: bytes, times: int, head: bytes = HEADER) -> None:
    """A gzip of ``filler`` repeated, made without holding it."""
    packer = zlib.compressobj(9, wbits=31)
    with path.open("wb") as target:
        target.write(packer.compress(head))
        for _ in range(times):
            target.write(packer.compress(filler))
        target.write(packer.flush())


def _twice_packed(path: Path) -> None:
    _zeros(path, b"\0" * (1 << 20), 40, b"")
    path.write_bytes(gzip.compress(path.read_bytes()))


def _sparse(path: Path, size: int) -> None:
    with path.open("wb") as target:
        target.write(HEADER)
        target.truncate(size)


def _open_quote(path: Path) -> None:
    with path.open("wb") as target:
        target.write(HEADER + b'1,"')
        for _ in range(300):
            target.write(b"x" * (1 << 20))


def _newlines(path: Path) -> None:
    with path.open("wb") as target:
        target.write(HEADER)
        for _ in range(60):
            target.write(b"\n" * (1 << 20))


def _open_quotes(path: Path) -> None:
    with path.open("wb") as target:
        target.write(HEADER)
        for _ in range(40):
            target.write(b'1,"x\n' * (1 << 17))


def _rings(depth: int) -> bytes:
    return b'{"type":"FeatureCollection","features":' + b"[" * depth + b"]" * depth + b"}"


Bomb = tuple[str, Callable[[Path], object]]
BOMBS: dict[str, Bomb] = {
    "zeros packed a thousandfold": ("b.csv.gz", lambda p: _zeros(p, b"\0" * (1 << 20), 400)),
    "rows packed a thousandfold": ("b.csv.gz", lambda p: _zeros(p, b"1,2\n" * (1 << 18), 400)),
    "packed twice": ("b.csv.gz", _twice_packed),
    "an archive by another name": ("b.csv", lambda p: p.write_bytes(b"PK\x03\x04" + b"\0" * 5000)),
    "a field of 300 megabytes": ("b.csv", lambda p: _sparse(p, 300 << 20)),
    "a quote that no quote closes": ("b.csv", _open_quote),
    "200,000 columns": (
        "b.csv",
        lambda p: p.write_bytes(
            b",".join(b"c%d" % i for i in range(200_000)) + b"\n" + b"," * 199_999 + b"\n"
        ),
    ),
    "60 million blank lines": ("b.csv", _newlines),
    "millions of open quotes": ("b.csv", _open_quotes),
    "three gigabytes on paper": ("b.csv", lambda p: _sparse(p, 3 << 30)),
    "GeoJSON nested without end": ("b.geojson", lambda p: p.write_bytes(_rings(5_000_000))),
    "GeoJSON of a million areas": (
        "b.geojson",
        lambda p: p.write_text(json.dumps({"type": "FeatureCollection", "features": [{}] * 1_000_000})),
    ),
    "YAML nested without end": ("b.yaml", lambda p: p.write_bytes(b"[" * 60_000)),
    "YAML that laughs": (
        "b.yaml",
        lambda p: p.write_text("a: &a [x]\n" + "".join(f"b{i}: &b{i} [*a, *a]\n" for i in range(9))),
    ),
}


def _read(path: Path) -> None:
    raw = RawFile(path, path.name)
    if path.suffix == ".geojson":
        read_polygons(raw, "area_id")
    elif path.suffix == ".yaml":
        parse_yaml(path.read_bytes(), path.name)
    else:
        write_verified(raw, texts("a", "b"), path.with_suffix(".copy"))


def _measure(path: Path, back: Connection) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.process_time()
    try:
        _read(path)
        said = None
    except CivicError as error:
        said = (type(error).__name__, error.text())
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    back.send((said, time.process_time() - began, (used - before) / 1024))


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_bomb_is_refused_at_once(name: str, tmp_path: Path) -> None:
    file, make = BOMBS[name]
    make(tmp_path / file)
    ours, theirs = multiprocessing.Pipe()
    child = _FRESH.Process(target=_measure, args=(tmp_path / file, theirs))
    child.start()
    assert ours.poll(30), f"{name}: still reading after 30 seconds"
    said, seconds, megabytes = ours.recv()
    child.join()
    print(f"\n{name}: {seconds:.2f} s, {megabytes:.0f} MB")
    assert said is not None, f"{name}: was accepted"
    assert said[0] in {DataError.__name__, ConfigError.__name__}
    assert seconds < SECONDS
    assert megabytes < MEGABYTES

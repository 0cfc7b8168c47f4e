"""Where the files of a source are: the city's own, or those of the example city."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from civic_ai.core.errors import ConfigError
from civic_ai.core.messages import say
from civic_ai.data.stream import RawFile
from civic_ai.pilot.load import Pilot
from civic_ai.store.blobs import Blobs

TRUTH_PREFIX = "truth_"


@dataclass(frozen=True)
class Origin:
    """The files of a source's table and, where there are any, the outlines of its areas."""

    files: tuple[RawFile, ...]
    polygons: RawFile | None


def find_origin(pilot: Pilot, name: str, blobs: Blobs) -> Origin:
    """The files of the source ``name``; those of an example city are made beside the blobs.

    Raises :class:`ConfigError` for a path outside of the pilot's roots or to a truth file.
    """
    source = pilot.spec.sources[name]
    if source.example is not None:
        from civic_ai.data.synthetic import write_city

        example = source.example
        made = write_city(example.size, example.seed, blobs.folder.parent / "example")
        table = RawFile(made[example.table], f"example/{example.table}.csv")
        outlines = RawFile(made["polygons"], "example/areas.geojson") if example.table == "areas" else None
        return Origin((_no_truth(table),), outlines)
    assert source.path is not None  # pilot/rules.py: a path or an example
    outlines = None if source.polygons is None else _no_truth(_file(pilot, source.polygons))
    files = tuple(_no_truth(RawFile(path, shown)) for shown, path in pilot.files(source.path).items())
    return Origin(files, outlines)


def _file(pilot: Pilot, text: str) -> RawFile:
    return RawFile(pilot.resolve(text), text)


def _no_truth(raw: RawFile) -> RawFile:
    """Refuse the truth of an example city, under any name that a link may give it."""
    if any(Path(name).name.startswith(TRUTH_PREFIX) for name in (raw.shown, raw.path, raw.path.resolve())):
        raise ConfigError.because(
            say("is the truth of an example city: no pilot may read it"),
            about=raw.path.name,
            remedy=say("Use the tables beside it: requests, areas, weather."),
        )
    return raw

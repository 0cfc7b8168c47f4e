"""Load a pilot: its spec, its folder, and the places from which it may read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from civic_ai.core.errors import ConfigError, Mistake
from civic_ai.core.messages import Message, say
from civic_ai.pilot.located import by_line, mistake_at, read_parts
from civic_ai.pilot.rules import broken_rules
from civic_ai.pilot.spec import PilotSpec
from civic_ai.store.yaml import Document, Path_, load_yaml

SPEC_FILE = "pilot.yaml"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Pilot:
    """A pilot's spec with where it stands. ``variables`` holds the declared ones that are set."""

    spec: PilotSpec
    folder: Path
    document: Document
    variables: Mapping[str, str]

    def resolve(self, text: str) -> Path:
        """The file that a path of the spec means. Raises :class:`ConfigError` if it is refused."""
        return resolve_path(text, self.folder, self.variables)

    def files(self, text: str) -> dict[str, Path]:
        """Every file that a path of the spec means, by the path that names it alone, in order.

        A ``*`` in the file's name stands for any letters; where nothing fits, the path itself is given.
        Raises :class:`ConfigError` if one is refused.
        """
        whole = self.resolve(text)
        if "*" not in whole.name:
            return {text: whole}
        beside = text.removesuffix(whole.name)
        return {beside + name: self.resolve(beside + name) for name in _names_like(whole)} or {text: whole}

    def shown(self, path: Path) -> str:
        """``path`` as errors show it: below the pilot's folder where it stands there."""
        inside = path.is_relative_to(self.folder)
        return str(Path(self.document.file).parent / path.relative_to(self.folder)) if inside else str(path)


def _names_like(whole: Path) -> list[str]:
    """Names of files in the folder of ``whole`` that fit its name with ``*``; hidden files never do."""
    fits = re.compile(".*".join(map(re.escape, whole.name.split("*"))))
    names = (entry.name for entry in whole.parent.iterdir()) if whole.parent.is_dir() else iter(())
    return sorted(name for name in names if fits.fullmatch(name) and not name.startswith("."))


def load_pilot(path: Path | str, environment: Mapping[str, str]) -> Pilot:
    """The pilot at ``path`` (its folder or its ``pilot.yaml``).

    ``environment`` gives the variables that the spec declares. Raises :class:`ConfigError` with
    every mistake of the spec, of the rules between its parts and of its paths.
    """
    file = Path(path) / SPEC_FILE if Path(path).is_dir() else Path(path)
    return read_pilot(load_yaml(file), file.resolve().parent, environment)


def read_pilot(document: Document, folder: Path, environment: Mapping[str, str]) -> Pilot:
    """The pilot that ``document`` describes, standing in ``folder``. Raises as :func:`load_pilot`."""
    reading = read_parts(document, PilotSpec)
    spec = reading.record
    broken = list(broken_rules(spec, reading.parts))
    variables: dict[str, str] = {}
    if {"sources", "variables"} <= reading.parts:
        variables = {name: environment[name] for name in spec.variables if environment.get(name)}
        broken.extend(_broken_paths(spec, folder, variables))
    mistakes = [mistake_at(document, place, says, remedy) for place, says, remedy in broken]
    if mistakes or reading.mistakes:
        raise ConfigError(sorted((*reading.mistakes, *mistakes), key=by_line))
    return Pilot(spec, folder, document, variables)


class PathRefused(ValueError):
    """A path that may not be used; ``says`` and ``remedy`` are for the reader."""

    def __init__(self, says: Message, remedy: Message | None = None) -> None:
        super().__init__(str(says))
        self.says, self.remedy = says, remedy


def resolve_path(text: str, folder: Path, variables: Mapping[str, str]) -> Path:
    """The absolute path that ``text`` means, inside the pilot's folder or a variable's folder."""
    try:
        return _resolve(text, folder, variables)
    except PathRefused as refused:
        raise ConfigError([Mistake(text, refused.says, None, refused.remedy)]) from refused


def _resolve(text: str, folder: Path, variables: Mapping[str, str]) -> Path:
    names = _VARIABLE.findall(text)
    if names and not text.startswith("${"):
        raise PathRefused(say("a variable must stand at the beginning of the path"))
    for name in names:
        if name not in variables:
            raise PathRefused(
                say("the variable {name} is not set", name=name),
                say("Set it before the run, for example: export {name}=/path/to/folder", name=name),
            )
    filled = _VARIABLE.sub(lambda found: variables[found.group(1)], text)
    root = Path(variables[names[0]]).resolve() if names else folder
    found = (folder / filled if not names else Path(filled)).resolve()
    if not found.is_relative_to(root):
        raise PathRefused(
            say(
                "leads outside of {root}", root=text.partition("/")[0] if names else say("the pilot's folder")
            ),
            say("Keep files in the pilot's folder, or below a variable that you declare under 'variables'."),
        )
    return found


def _broken_paths(
    spec: PilotSpec, folder: Path, variables: Mapping[str, str]
) -> Iterator[tuple[Path_, Message, Message | None]]:
    for place, text in _paths(spec):
        undeclared = [name for name in _VARIABLE.findall(text) if name not in spec.variables]
        if undeclared:
            yield (
                place,
                say("uses the variable {name}, which is not declared", name=undeclared[0]),
                say("Declare it under 'variables', with a sentence that says how to set it."),
            )
            continue
        try:
            _resolve(text, folder, variables)
        except PathRefused as refused:
            unset = [name for name in _VARIABLE.findall(text) if name not in variables]
            how = say("{how}", how=spec.variables[unset[0]]) if unset else refused.remedy
            yield place, refused.says, how


def _paths(spec: PilotSpec) -> Iterator[tuple[Path_, str]]:
    for name, source in spec.sources.items():
        for field in ("path", "contract", "polygons"):
            text = getattr(source, field)
            if text is not None:
                yield ("sources", name, field), text

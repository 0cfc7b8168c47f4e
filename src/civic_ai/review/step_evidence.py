"""What a step rests on, read from files: nobody types it, and what is typed otherwise is refused."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_ai.core.canonical import digest_of_bytes
from civic_ai.core.dates import read_day
from civic_ai.core.errors import ConfigError, Mistake, RefusedError
from civic_ai.core.messages import say
from civic_ai.records.workflow_words import DEEDS

if TYPE_CHECKING:
    from civic_ai.records.dossier import Dossier
    from civic_ai.records.impact_level import ImpactLevel
    from civic_ai.records.pilot_record import Decided
    from civic_ai.records.policy import Policy

FILED = ("report", "notice", "proof", "comment", "words", "monitoring", "overrides")
"""The fields of steps that name a file by its digest; of two in one step the first is the usual one."""
_SCOPE = ("area", "use", "ends_on")
_BINDINGS = ("binding", "found")


def manifest_of(dossier: Path) -> Dossier:
    """The manifest of an intact dossier. Raises :class:`RefusedError` where it was altered."""
    from civic_ai.cards.verification import read_manifest, require_intact

    require_intact(dossier)
    return read_manifest(dossier)


def answered_fields(pilot: Path, dossier: Path, policy: Policy, decided: Mapping[str, Decided]) -> list[str]:
    """The fields that the pilot's record answers with evidence: by its run, its city, and this board."""
    from civic_ai.cards.pilot_record import Declared, record_of
    from civic_ai.cards.sealed import read_sealed
    from civic_ai.pilot.answers import Beside, load_answers
    from civic_ai.pilot.crosswalk import shipped_crosswalk

    crosswalk, sealed = shipped_crosswalk(), read_sealed(dossier, "board")
    answers = load_answers(Beside(crosswalk, sealed.manifest.pilot, pilot.resolve()))
    impact = impact_of(pilot, policy)
    declared = Declared(answers=answers, decided=decided, impact=impact)
    return sorted(record_of(sealed, declared, crosswalk).answered)


def impact_of(pilot: Path, policy: Policy) -> ImpactLevel | None:
    """The level that the pilot's answers to the questionnaire give; None where it has none."""
    from civic_ai.policy.impact_answers import ANSWERS_FILE, pilot_answers
    from civic_ai.policy.impact_level import find_level
    from civic_ai.policy.impact_questionnaire import shipped_questionnaire

    if not (pilot / ANSWERS_FILE).is_file():
        return None
    questions = shipped_questionnaire()
    return find_level(questions, pilot_answers(pilot, questions), policy)


def proposed_level(pilot: Path, policy: Policy) -> dict[str, Any]:
    """The level that the questionnaire gives, and the digest of its answers.

    Raises :class:`RefusedError` where it gives none.
    """
    from civic_ai.policy.impact_answers import pilot_answers
    from civic_ai.policy.impact_questionnaire import shipped_questionnaire

    found = impact_of(pilot, policy)
    if found is None or found.level is None:
        raise RefusedError.because(
            say("impact.yaml gives no level that could be proposed"),
            about=str(pilot),
            remedy=say("`civic-ai level PILOT` says which answers are missing, or what stops it."),
        )
    return {"level": found.level, "answers": pilot_answers(pilot, shipped_questionnaire()).digest}


def with_binding(given: dict[str, Any], wanted: Container[str], dossier: Path | None) -> dict[str, Any]:
    """The fields with the binding read from the dossier, where area, use and end date are given.

    Raises :class:`ConfigError` where one of the three is given and another is not.
    """
    from civic_ai.review.binding import binding_of

    field = next((name for name in _BINDINGS if name in wanted), None)
    left_out = [name for name in _SCOPE if name not in given]
    if field is None or dossier is None or len(left_out) == len(_SCOPE):
        return given
    if left_out:
        remedy = say("Give all three: where, what for, and the last day.")
        raise ConfigError(Mistake(f"{field}.{name}", say("is missing"), remedy=remedy) for name in left_out)
    rest = {name: value for name, value in given.items() if name not in _SCOPE}
    bound = binding_of(dossier, given["area"], given["use"], read_day(given["ends_on"]))
    return rest | {field: bound.model_dump(mode="json")}


def filed(kind: str, files: Iterable[str], wanted: Container[str]) -> dict[str, Any]:
    """The digest of each file (``FILE`` or ``field=FILE``) in the field that names it, as :func:`digests_of`.

    Raises :class:`ConfigError` where the step names no file, or one cannot be read.
    """
    usual = [name for name in FILED if name in wanted]
    if not usual:
        raise ConfigError.because(
            say("the step {kind} names no file", kind=DEEDS[kind]),
            about="--file",
            remedy=say("Leave out --file."),
        )
    paths: dict[str, Path] = {}
    for one in files:
        name, equals, rest = one.partition("=")
        field, path = (name, Path(rest)) if equals and name in usual else (usual[0], Path(one))
        if not path.is_file():
            raise ConfigError.because(say("there is no such file"), about=str(path))
        paths[field] = path
    contents = {field: path.read_bytes() for field, path in paths.items()}
    return digests_of(kind, contents, str(paths.get("report")))


def digests_of(kind: str, contents: Mapping[str, bytes], report: str = "report") -> dict[str, Any]:
    """The digest of what each field names; of a second run's report also what it found.

    ``report``: how the reader knows that file.

    Raises :class:`ConfigError` where that is no such report.
    """
    found: dict[str, Any] = {field: digest_of_bytes(content) for field, content in contents.items()}
    return found | (_reproduced(contents["report"], report) if kind == "attest_reproduction" else {})


def _reproduced(content: bytes, report: str) -> dict[str, Any]:
    from civic_ai.records.reproduction import Reproduction

    try:
        found = Reproduction.model_validate_json(content)
    except ValueError as error:
        raise ConfigError.because(
            say("is no report of a second run"),
            about=report,
            remedy=say("`civic-ai reproduce DOSSIER --report FILE` writes one."),
        ) from error
    return {"dossier": found.dossier, "agrees": found.agrees}


def require_as_read(read: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    """Raise :class:`RefusedError` where somebody typed something else than the files say."""
    wrong = [name for name in read if name in given and _plain(given[name]) != _plain(read[name])]
    if wrong:
        raise RefusedError(
            Mistake(
                name,
                say("the files say {read}, not {given}", read=_plain(read[name]), given=_plain(given[name])),
                remedy=say("Leave the field out: it is read from the files."),
            )
            for name in wrong
        )


def _plain(value: Any) -> str:
    return ", ".join(sorted(map(str, value))) if isinstance(value, list | tuple) else str(value).lower()


def by_name(mistake: Mistake, language: str) -> Mistake:
    """A missing field by its name, and what to do by who fills it; any other mistake as it is."""
    from civic_ai.pilot.crosswalk import shipped_crosswalk

    field = shipped_crosswalk().fields.get(mistake.about)
    if field is None:
        return mistake
    remedy = {
        "run": say("The run measures it; a dossier that lacks it cannot pass this gate."),
        "city": say("`civic-ai answer PILOT --field {field}` asks for it.", field=mistake.about),
        "board": say("A step of the workflow fills it: a review, a notice, a decision."),
    }[field.filled_by]
    return Mistake(
        f"{mistake.about} ({field.name.in_language(language)})", mistake.says, mistake.place, remedy
    )

"""Two boards decide by command line: seven people each, in processes and with keys of their own."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.journey.board_walk import (
    REFUSED,
    City,
    Seat,
    Told,
    approve,
    before_the_board,
    found_city,
    hand_in,
    meet,
    open_case,
    vote,
    waive,
    witnessed,
)
from tests.journey.later_walk import LAPSED, PARTS, Later

from civic_ai.policy.load import load_policy

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COACH, STRANGER = "Wim Witness", "Sue Stranger"
LAST_DATE = "2024-12-02"
SHOWN_LINES, WIDTH = 60, 160
EXAMPLE_PEOPLE = (
    Seat("Ona Owner", "owner"),
    Seat("Dee Developer", "developer"),
    Seat("Tec Technical", "technical_reviewer"),
    Seat("Equ Equity", "equity_reviewer"),
    Seat("Olga Officer", "governance_officer"),
    Seat("Cha Chair", "chair"),
    Seat("Com Resident", "member", is_community=True),
)
HOUSTON_PEOPLE = (
    Seat("Hal Owner", "owner"),
    Seat("Hal Owner", "developer"),
    Seat("Tim Technical", "technical_reviewer"),
    Seat("Eva Equity", "equity_reviewer"),
    Seat("Omar Officer", "governance_officer"),
    Seat("Clara Chair", "chair"),
    Seat("Mia Member", "member"),
    Seat("Rob Resident", "member", is_community=True),
)
MARK = "Example answer for the demonstration: "
ANSWERS = {
    "A04": "a road maintenance team that does not exist.",
    "A05": "an invented head of road maintenance, who trained no model.",
    "A06": "demonstration@example.org, which nobody reads.",
    "B01": "crews come late. Of 100 visits more should find a pothole.",
    "B03": "an invented planner and two crew chiefs would plan visits with it.",
    "B05": "an invented ordinance; whether a law of Texas allows it was not looked up.",
    "B06": "crews would go where most was reported in a year, as they might today.",
    "J01": "it ranks places for a service and is on no list of forbidden uses that we read.",
    "J02": "the questionnaire in impact.yaml was answered by the authors of civic-ai.",
    "H01": "a crew chief would look at the list and might decide otherwise.",
    "H03": "two hours for planners, with a part on trusting a machine too much.",
    "H04": "the count of the last year would go on; the head of roads may stop the list in a day.",
    "H05": "by the group mailbox; an answer within ten working days.",
    "I01": "no assessment was made; no name, address or telephone number is read.",
    "K01": "nobody in Houston was consulted.",
    "L01": "reports and finds by area every month; the officer would look, and suspend.",
}
"""What the people of the demonstration answer, where only the City of Houston could."""
PAGES_SAY = ("Demonstration", "Demostración")


@dataclass
class Transcript:
    """Each command with its person, its exit code and what it printed; paths begin at the city's folder."""

    folders: dict[str, str]
    parts: list[str] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    processes: int = 0

    def title(self, text: str) -> None:
        """A heading."""
        self.parts.append(f"\n## {text}\n")
        print(f"== {text}", flush=True)

    def note(self, person: str, words: Sequence[str], told: Told, days: int = 0) -> None:
        """One command, said so many days later."""
        self.processes += 1
        self.people.add(person)
        said = shlex.join(words)
        lines = [line[:WIDTH] for line in told.text.strip().splitlines()]
        if len(lines) > SHOWN_LINES:
            lines = [*lines[:SHOWN_LINES], f"... ({len(lines) - SHOWN_LINES} more lines)"]
        code = "" if told.code == 0 else f"\nexit code {told.code}"
        text = self.plain("\n".join([f"$ {said}", *lines]) + code)
        when = f", {days} days later" if days else ""
        self.parts.append(f"**{person}**{when}\n\n```\n{text}\n```\n")
        print(f"{person}: {self.plain(said)[:100]} -> {told.code}", flush=True)

    def plain(self, text: str) -> str:
        """Without the folders of this machine."""
        for folder, name in self.folders.items():
            text = text.replace(folder, name)
        return text


@dataclass(frozen=True)
class Speaker:
    """Starts a process for every command, in the person's own folder, which nobody else may read.

    ``days``: how far its clocks are ahead; there is no other way to walk through a year.
    """

    home: Path
    workspace: Path
    transcript: Transcript
    days: int = 0

    def __call__(self, person: str, words: Sequence[str], stdin: str) -> Told:
        folder = self.home / "people" / person.split(maxsplit=1)[0].lower()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        program = ["tests.journey.later", str(self.days)] if self.days else ["civic_ai.cli"]
        command = [sys.executable, "-m", *program, *words]
        done = subprocess.run(
            command,
            check=False,
            cwd=folder,
            env=self._environment(folder),
            input=stdin,
            text=True,
            capture_output=True,
        )
        told = Told(done.returncode, done.stdout, done.stderr)
        self.transcript.note(person, ["civic-ai", *words], told, self.days)
        return told

    def _environment(self, folder: Path) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "CIVIC_AI_DATA") if name in os.environ}
        own = {"HOME": str(folder), "CIVIC_AI_HOME": str(self.workspace), "CIVIC_AI_LANGUAGE": "en"}
        return kept | own | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}


def sealed(city: City) -> Path:
    """The developer runs the pilot; the dossier."""
    city.says(city.holder("developer"), "run", city.pilot, "--quiet", code=REFUSED)  # a gate says no
    (dossier,) = (city.folder / "workspace" / "dossiers" / city.name).iterdir()
    return dossier


def reproduced(city: City, dossier: Path) -> Path:
    """The technical reviewer runs it again from nothing; the report."""
    reviewer = city.holder("technical_reviewer")
    report = city.key(reviewer).with_name("report.json")
    city.says(reviewer, "reproduce", dossier, "--pilot", city.pilot, "--report", report, "--quiet")
    return report


def example(home: Path, transcript: Transcript) -> None:
    """The example city: approved with two conditions and a waiver for each gate that does not pass."""
    city = _city(home, ROOT / "pilots" / "example-potholes", EXAMPLE_PEOPLE, transcript)
    transcript.title("example-potholes: keys, ledger, and a dossier")
    found_city(city)
    dossier = sealed(city)
    transcript.title("example-potholes: handed in and reviewed")
    open_case(city)
    crew_list = home / "list.csv"
    score = ("score", city.pilot, "--on", LAST_DATE, "--to", crew_list)
    city.says("Ona Owner", *score, code=REFUSED)
    city.step("owner", "submit", "--dossier", dossier)
    before_the_board(city, "II", dossier, reproduced(city, dossier))
    transcript.title("example-potholes: the board")
    city.step("member", "vote", "verdict=approve", "reason=It is mine.", by="Dee Developer", code=REFUSED)
    meet(city)
    vote(
        city,
        "Cha Chair",
        "approve",
        "More finds for the same visits; the lot looks where nobody reports.",
    )
    vote(city, "Com Resident", "approve", "Only with the lot: my street reports little and has many holes.")
    city.step("chair", "close_vote", "verdict=approve", "reason=It finds more.", code=REFUSED)
    waive(city, {gate.id: gate.waivable_by for gate in load_policy().gates})
    decided = _number(approve(city))
    transcript.title("example-potholes: at work, and what the public reads")
    city.says("Ona Owner", *score, code=REFUSED)  # approved, but nobody has started it
    city.step("governance_officer", "start_pilot")
    city.says("Ona Owner", *score, "--explore", "0.05")
    city.says("Olga Officer", "case", city.name)
    _in_public(city, dossier, decided, transcript)


def the_years_after(home: Path, transcript: Transcript) -> None:
    """The example city, which stands in ``home``, goes on: pilot, use, renewal, an end."""
    city = _city(home, ROOT / "pilots" / "example-potholes", EXAMPLE_PEOPLE, transcript)
    (dossier,) = (home / "workspace" / "dossiers" / city.name).iterdir()
    waivable_by = {gate.id: gate.waivable_by for gate in load_policy().gates}

    def ahead(days: int) -> City:
        return replace(city, speak=Speaker(home, home / "workspace", transcript, days))

    report = city.key(city.holder("technical_reviewer")).with_name("report.json")
    later = Later(ahead, dossier, report, waivable_by)
    for part in PARTS:
        transcript.title(f"example-potholes: {part.__name__.replace('_', ' ')}")
        part(later)
    transcript.title("example-potholes: what the public reads, and what a stranger verifies")
    last, record = ahead(LAPSED), home / "record-of-all"
    (seen,) = last.key(COACH).parent.glob("memory/*.json")
    witness = witnessed(last, COACH, json.loads(seen.read_text("utf-8"))["size"])
    last.says("Olga Officer", "ledger", "export", "--to", record)
    last.says("Olga Officer", "publish", "--to", home / "site-of-all")
    last.says(STRANGER, "ledger", "verify", record, "--log", city.log, "--witness", witness,
              "--dossier", dossier)  # fmt: skip


def houston(home: Path, transcript: Transcript) -> None:
    """The demonstration on Houston's data: refused at the door, then, with example answers, by vote."""
    city = _city(home, demonstration(home), HOUSTON_PEOPLE, transcript)
    transcript.title("Houston, a demonstration: keys, ledger, and a dossier")
    found_city(city)
    dossier = sealed(city)
    transcript.title("Houston, a demonstration: refused at the door, for the city has answered nothing")
    open_case(city)
    hand_in(city, dossier, code=REFUSED)
    transcript.title("Houston, a demonstration: example answers by people who do not exist")
    for name, text in ANSWERS.items():
        city.says("Hal Owner", "answer", city.pilot, "--set", f"{name}={MARK}{text}", "--language", "en",
                  "--evidence", "said:Owner of the demonstration, not Houston",
                  "--by", "Hal Owner, who is invented")  # fmt: skip
    hand_in(city, dossier)
    before_the_board(city, "II", dossier, reproduced(city, dossier))
    transcript.title("Houston, a demonstration: the board")
    meet(city)
    vote(
        city,
        "Clara Chair",
        "reject",
        "Where incomes are lowest, holes are reported least. The list follows.",
    )
    vote(city, "Rob Resident", "reject", "Nobody asked us, and nobody of the city stands for it.")
    dissent = "A pilot of two weeks with a lot would have told more than this refusal."
    vote(city, "Mia Member", "approve", "It may be tried with care.", dissent)
    city.step("chair", "close_vote", "verdict=approve", "reason=I would rather try it.", code=REFUSED)
    why = "Reports are not need here, nobody was asked, and no office answers for it."
    decided = _number(city.step("chair", "close_vote", "verdict=reject", f"reason={why}"))
    transcript.title("Houston, a demonstration: nothing may run, and what the public reads")
    city.says("Hal Owner", "score", city.pilot, "--on", "2018-11-19", "--to", home / "list.csv", code=REFUSED)
    assert not (home / "list.csv").exists()
    city.says("Omar Officer", "case", city.name)
    site = _in_public(city, dossier, decided, transcript)
    shown = home / "record-page"
    for language in ("en", "es"):
        city.says("Omar Officer", "export", city.pilot, "--as", "record", "--to", shown,
                  "--language", language, "--level", "II")  # fmt: skip
    pages = [*site.glob("*/**/*.html"), *dossier.rglob("*.html"), *shown.glob("*.html")]
    silent = [page for page in pages if not any(word in page.read_text("utf-8") for word in PAGES_SAY)]
    assert not silent, silent
    assert (shown / "pilot_record.en.html").read_text("utf-8").count(MARK.strip()) == len(ANSWERS)
    transcript.parts.append(
        f"{len(pages)} pages of site, dossier and record say that it is a demonstration.\n"
    )


def demonstration(home: Path) -> Path:
    """A copy of Houston's pilot under a name, a title and an owner that say what it is."""
    folder = home / "houston-demonstration"
    shutil.copytree(ROOT / "pilots" / "houston-potholes", folder)
    title = {
        "en": "Demonstration with example answers (not by the City of Houston). ",
        "es": "Demostración con respuestas de ejemplo (no de la Ciudad de Houston). ",
    }
    told = {
        "pilot: houston-potholes": "pilot: houston-potholes-demonstration",
        "  en: Which parts": f"  en: {title['en']}Which parts",
        "  es: ¿Qué partes": f"  es: {title['es']}¿Qué partes",
        "owner: Houston Public Works": "owner: Demonstration (not Houston Public Works)",
    }
    for name in ("pilot.yaml", "answers.yaml", "impact.yaml"):
        text = (folder / name).read_text("utf-8")
        for old, new in told.items():
            assert name != "pilot.yaml" or old in text, old
            text = text.replace(old, new)
        (folder / name).write_text(text, "utf-8")
    return folder


def _city(home: Path, pilot: Path, seats: Sequence[Seat], transcript: Transcript) -> City:
    speaker = Speaker(home, home / "workspace", transcript)
    name = "example-potholes" if pilot.name == "example-potholes" else "houston-potholes-demonstration"
    return City(home, pilot, seats, speaker, name=name)


def _number(told: str) -> int:
    """The number of the entry that a step was entered as."""
    return int(told.removeprefix("Entered as number ").partition(" ")[0])


def _in_public(city: City, dossier: Path, decided: int, transcript: Transcript) -> Path:
    """Witnessed, exported, published; then verified by a stranger while the city's workspace is away."""
    officer, record, site = city.holder("governance_officer"), city.folder / "record", city.folder / "site"
    witness = witnessed(city, COACH)
    city.says(officer, "ledger", "export", "--to", record)
    city.says(officer, "publish", "--to", site)
    receipt = city.result(officer, "ledger", "receipt", decided)
    transcript.title(f"{city.name}: a stranger verifies, with files and public keys only")
    with tempfile.TemporaryDirectory(prefix="fresh-") as name:
        fresh = Path(name)
        transcript.folders[name] = "FRESH"
        shutil.copytree(record, fresh / "record")
        shutil.copytree(dossier, fresh / "dossier")
        for public, called in ((city.log, "log.pub"), (witness, "witness.pub")):
            shutil.copy(public, fresh / called)
        (fresh / "receipt.txt").write_text(receipt, "utf-8")
        away = city.folder.rename(city.folder.with_name(f"{city.folder.name}-away"))
        try:
            _stranger(fresh, transcript)
        finally:
            away.rename(city.folder)
    return site


def _stranger(fresh: Path, transcript: Transcript) -> None:
    """No workspace, no database, no private key: ours, and the verifier in another language."""
    speak = Speaker(fresh, fresh / "no-workspace", transcript)
    keys = ("--log", str(fresh / "log.pub"), "--witness", str(fresh / "witness.pub"))
    for words in (
        ("ledger", "verify", str(fresh / "record"), *keys, "--dossier", str(fresh / "dossier")),
        ("verify", str(fresh / "dossier")),
        ("ledger", "check", str(fresh / "receipt.txt"), *keys),
    ):
        told = speak(STRANGER, words, "")
        assert told.code == 0, told.text
    if node := shutil.which("node"):
        script = ROOT / "docs" / "verifier" / "verify.mjs"
        command = [
            node,
            str(script),
            *(str(fresh / name) for name in ("receipt.txt", "log.pub", "witness.pub")),
        ]
        done = subprocess.run(command, check=True, text=True, capture_output=True)
        transcript.note(STRANGER, command, Told(0, done.stdout))


def _write(
    name: str, home: Path, decide: Callable[[Path, Transcript], None], called: str | None = None
) -> None:
    """One city, and its transcript beside this file."""
    called = called or name
    transcript = Transcript({str(home): "~", str(ROOT): "."})
    began = time.time()
    decide(home / name, transcript)
    told = f"{transcript.processes} processes, {len(transcript.people)} people, {time.time() - began:.0f} s."
    head = f"# Transcript of `run.py`, {called}\n\nPaths are shortened, long answers cut. {told}\n"
    (HERE / f"results-{called}.md").write_text(head + "\n".join(transcript.parts), "utf-8")
    print(told)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--to", type=Path, help="a new folder that stays; else one that is thrown away")
    parser.add_argument("--only", choices=["example", "houston"])
    parser.add_argument("--later", action="store_true", help="in --to: what came after the example")
    given = parser.parse_args()
    if given.later:
        _write("example", given.to.resolve(), the_years_after, "later")
        return
    home = given.to.resolve() if given.to else Path(tempfile.mkdtemp(prefix="two-decisions-"))
    for name, decide in (("example", example), ("houston", houston)):
        if given.only in (None, name):
            _write(name, home, decide)
    if given.to is None:
        shutil.rmtree(home)


if __name__ == "__main__":
    main()

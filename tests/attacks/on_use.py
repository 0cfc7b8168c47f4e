# ruff: noqa: E501 (a row of the table is one line)
"""Attacks on what makes a list: the database, the approval, the dossier, the model, a release."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import ruamel.yaml

from civic_ai.cards.dossier import sealed_file
from civic_ai.cards.verification import MOST_BYTES, read_manifest
from civic_ai.core.canonical import canonical_json, digest_of_bytes
from civic_ai.core.messages import governance_folder, written_date
from civic_ai.records.dossier import Dossier
from civic_ai.records.ledger import Checkpoint
from civic_ai.review.checkpoint import sign_checkpoint
from civic_ai.review.history import statement_of
from civic_ai.review.merkle import leaf_hash, root
from civic_ai.review.note import NoteKey
from tests.attacks.attack import Attack
from tests.attacks.on_record import seal_anew
from tests.attacks.world import DUE, LAST, PILOT, Told, World, about, told_by
from tests.unit.cards.made_city import City
from tests.unit.cards.made_dossier import seal_made
from tests.unit.review.made_case import DIGESTS, act, deed, policy
from tests.unit.review.made_ledger import LOG, OTHER_LOG, key_file, said

DATABASE = "whoever can write the database"
OPERATOR = "operator"
FILES = "whoever can write the files"
CREW = "whoever makes the lists"
SCORE, FROM_RELEASE, DESK = "score", "score --release", "the office, when a step is entered"
Act = Callable[[World], list[Told]]


def _changed(world: World, *statements: str) -> None:
    """The database changed by hand, its triggers dropped first."""
    raw = sqlite3.connect(world.database)
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        raw.execute(statement)
    raw.commit()
    raw.close()


def taken_back(world: World) -> list[Told]:
    """A suspension is removed with its checkpoint: what is left is a good, shorter ledger."""
    world.take("suspend", "off", "governance_officer")
    assert [one.code for one in world.scores()] == ["RefusedError"]
    size = len(world.ledger.entries())
    _changed(
        world,
        f"DELETE FROM checkpoints WHERE size = {size}",
        f"DELETE FROM entries WHERE number = {size - 1}",
    )
    return world.scores()


def old_copy(world: World) -> list[Told]:
    """The whole file as it was before the suspension."""
    raw = sqlite3.connect(world.database)
    raw.execute("VACUUM INTO ?", [str(world.folder / "old.db")])
    raw.close()
    world.take("suspend", "off", "governance_officer")
    world.scores()
    for beside in world.workspace.glob("ledger.db*"):
        beside.unlink()
    (world.folder / "old.db").rename(world.database)
    return world.scores()


def _edits(*statements: str, then: Callable[[World], list[Told]] = World.scores) -> Act:
    def attack(world: World) -> list[Told]:
        _changed(world, *statements)
        return then(world)

    return attack


def other_log_key(world: World) -> list[Told]:
    """The operator founds the ledger anew under another key and puts that key beside it."""
    _reseal(world, replace(OTHER_LOG, name=LOG.name))
    world.log_pub.write_text(replace(OTHER_LOG, name=LOG.name).public.text)
    return world.scores()


def other_citys_ledger(world: World) -> list[Told]:
    _reseal(world, replace(OTHER_LOG, name=LOG.name))
    return world.scores()


def _reseal(world: World, key: NoteKey) -> None:
    """The same entries under a checkpoint of another key."""
    lines = [leaf_hash(line) for line in world.ledger.snapshot().lines]
    note = sign_checkpoint(Checkpoint(origin=key.name, size=len(lines), root=root(lines).hex()), key)
    _changed(world, "DELETE FROM cosignatures", "DELETE FROM checkpoints",
             f"INSERT INTO checkpoints VALUES ({len(lines)}, '{note}')")  # fmt: skip


def clock_back(world: World) -> list[Told]:
    """The approval has lapsed; the clock of the machine that makes lists is set back."""
    late = world.on(LAST + 20)
    late.take("comment", "coa", "coach")
    return world.on(LAST).scores()


def lapsed(world: World) -> list[Told]:
    """Its condition was met in time; a day after its last one somebody makes a list."""
    world.on(50).take("meet_condition", "off", "governance_officer", condition="drill")
    return world.on(LAST + 1).scores()


def _later(number: int) -> Act:
    return lambda world: world.on(number).scores()


def _after(*steps: tuple[str, str, str], on: int = 1) -> Act:
    def attack(world: World) -> list[Told]:
        for kind, by, role in steps:
            world.take(kind, by, role)
        return world.on(on).scores()

    return attack


def declares(file: str, old: str, new: str, **options: Any) -> Act:
    """The city's own files say something else than what was approved."""

    def attack(world: World) -> list[Told]:
        path = world.folder / "pilot" / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")
        return world.scores(**options)

    return attack


def laxer_policy(world: World) -> list[Told]:
    """A policy file of one's own, which would let the capacity differ by nine tenths."""
    yaml = ruamel.yaml.YAML()
    told = yaml.load((governance_folder() / "policy.yaml").read_text("utf-8"))
    told["workflow"]["capacity_share"] = 0.9
    path = world.folder / "policy.yaml"
    with path.open("w", encoding="utf-8") as target:
        yaml.dump(told, target)
    return declares("pilot.yaml", "units_per_period: 150", "units_per_period: 280", policy=path)(world)


def in_files(change: Callable[[Path], object]) -> Act:
    def attack(world: World) -> list[Told]:
        change(world.dossier)
        return world.scores()

    return attack


def flip(name: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        path = folder / name
        content = path.read_bytes()
        middle = len(content) // 2
        path.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])

    return change


def _swap_names(folder: Path) -> None:
    one, other = folder / "full/records/audit.json", folder / "public/records/audit.json"
    contents = one.read_bytes(), other.read_bytes()
    one.write_bytes(contents[1])
    other.write_bytes(contents[0])


def _link(folder: Path) -> None:
    path = folder / "bundle" / "booster.txt"
    path.rename(folder.parents[2] / "elsewhere.txt")
    path.symlink_to(folder.parents[2] / "elsewhere.txt")


def _giant(folder: Path) -> None:
    """Holes, which take no room on the disk and all of the memory that reads them."""
    with (folder / "bundle" / "booster.txt").open("r+b") as file:
        file.truncate(MOST_BYTES + 1)


def _remake(folder: Path, dossier: Dossier) -> None:
    (folder / "manifest.json").write_bytes(dossier.to_json())
    (folder / "manifest.sha256").write_bytes(f"{dossier.digest}  manifest.json\n".encode())


def _climb(folder: Path) -> None:
    """The manifest names a file outside of the dossier."""
    made = read_manifest(folder)
    outside = sealed_file("../../../keys/log.key", (folder.parents[2] / "keys" / "log.key").read_bytes())
    _remake(folder, made.model_copy(update={"files": (*made.files, outside)}))


def _with_files(folder: Path, contents: dict[str, bytes], **told: object) -> None:
    """Write these files and a manifest that agrees with them."""
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    made = read_manifest(folder)
    kept = {file.path: file for file in made.files} | {
        name: sealed_file(name, content) for name, content in contents.items()
    }
    _remake(folder, made.model_copy(update={"files": tuple(kept[name] for name in sorted(kept)), **told}))


def _manifest_only(folder: Path) -> None:
    """One digit of the model and the manifest above it, made to agree."""
    content = (folder / "bundle" / "booster.txt").read_bytes()
    _with_files(folder, {"bundle/booster.txt": content.replace(b"leaf_value=0", b"leaf_value=1", 1) + b"\n"})


def other_model(folder: Path, named: dict[str, bytes]) -> None:
    """Another model, and every digest above it made anew."""
    bundle = json.loads((folder / "bundle/bundle.json").read_bytes())
    bundle["files"] |= {name: digest_of_bytes(content) for name, content in named.items()}
    contents = {f"bundle/{name}": content for name, content in named.items()}
    contents["bundle/bundle.json"] = canonical_json(bundle)
    evidence = json.loads((folder / "evidence.json").read_bytes())
    evidence["bundle"] = digest_of_bytes(contents["bundle/bundle.json"])
    contents["evidence.json"] = canonical_json(evidence)
    gates = json.loads((folder / "gates.json").read_bytes())
    gates["evidence"] = digest_of_bytes(contents["evidence.json"])
    contents["gates.json"] = canonical_json(gates)
    names = {name: digest_of_bytes(contents[f"{name}.json"]) for name in ("evidence", "gates")}
    _with_files(folder, contents, **names)


def _trained_again(folder: Path) -> None:
    content = (folder / "bundle" / "booster.txt").read_bytes()
    other_model(folder, {"booster.txt": content + b"\n"})


PICKLE = b"cos\nsystem\n(S'touch owned'\ntR."


def _pickle_in_the_bundle(folder: Path) -> None:
    other_model(folder, {"model.pkl": PICKLE})


def _pickle_beside(folder: Path) -> None:
    (folder / "bundle" / "model.pkl").write_bytes(PICKLE)


def _all_gates_pass(folder: Path) -> None:
    path = folder / "gates.json"
    path.write_bytes(path.read_bytes().replace(b'"verdict":"fail"', b'"verdict":"pass"'))


def foreign_dossier(world: World) -> list[Told]:
    """The dossier of another pilot in the place of the approved one."""
    other = seal_made(world.folder / "other", City(), with_model=True)
    place = world.dossier
    shutil.rmtree(place)
    shutil.copytree(other, place)
    return world.scores()


def in_release(change: Callable[[World], object], on: int = 1, **options: Any) -> Act:
    def attack(world: World) -> list[Told]:
        change(world)
        return world.on(on).scores_from_release(**options)

    return attack


def _dated_anew(world: World) -> None:
    path = world.release / "release.json"
    told = json.loads(path.read_bytes())
    path.write_bytes(canonical_json({**told, "released_on": "2026-03-01"}))


def _made_longer(world: World) -> None:
    path = world.release / "release.json"
    path.write_bytes(canonical_json({**json.loads(path.read_bytes()), "ends_on": "2099-12-31"}))


def suspended_since(world: World) -> list[Told]:
    world.take("suspend", "off", "governance_officer")
    world.exports()
    return world.scores_from_release(record=world.record)


def older_record(world: World) -> list[Told]:
    """As the newer record an older one is given, from before what the release itself has seen."""
    lines = (world.record / "entries.txt").read_bytes().splitlines()
    seal_anew(world, lines[:-1])
    return world.scores_from_release(record=world.record)


def _at_the_desk(made: Callable[[World], Any]) -> Act:
    return lambda world: world.enters(made(world))


def twice(world: World) -> list[Told]:
    envelope = world.signed("comment", "dee", "developer")
    assert world.enters(envelope) == []
    return world.enters(envelope)


def other_policy(world: World) -> list[Told]:
    signed = world.signed("comment", "dee", "developer")
    office = replace(world.office, policy=policy(quorum_share=0.9))
    return list(told_by(lambda: office.enter(signed)))


def kept_back(world: World) -> list[Told]:
    """A step is signed, kept, and entered when it suits."""
    signed = world.signed("comment", "dee", "developer")
    return world.on(9).enters(signed)


def from_another_city(world: World) -> list[Told]:
    """The very envelope that closed the vote of a city with the same pilot, whose chair has another key."""
    action = about(act(deed("close_vote", "cha", "chair", at=1)), world.binding)
    there = said(
        statement_of(PILOT, action, world.binding.dossier, policy()), key_file("cha of another city")
    )
    return world.enters(there)


def for_another_dossier(world: World) -> list[Told]:
    """A vote for an earlier dossier, entered while the board decides on this one."""
    world.take("meet_condition", "off", "governance_officer", condition="drill")
    for kind, by, role in (
        ("report_pilot", "ona", "owner"),
        ("hand_to_board", "off", "governance_officer"),
        ("open_meeting", "cha", "chair"),
    ):
        world.take(kind, by, role)
    vote = act(deed("vote", "com", "member", at=1)).model_copy(update={"dossier": DIGESTS["F"]})
    return world.enters(said(statement_of(PILOT, vote, DIGESTS["F"], policy()), key_file("com")))


def comment(world: World) -> list[Told]:
    return list(told_by(lambda: world.take("comment", "dee", "developer")))


REFUSED = "RefusedError"
LAST_DAY = date(2026, 7, 20)
ATTACKS = (
    Attack("a suspension taken back with its checkpoint", DATABASE, SCORE, REFUSED, "ledger, cut back: 30 entries were seen; here stand 29", taken_back),
    Attack("the database restored from an old copy", OPERATOR, SCORE, REFUSED, "ledger, cut back: 30 entries were seen; here stand 29", old_copy),
    Attack("the moment of an entry changed in the database", DATABASE, SCORE, REFUSED, "ledger, checkpoint mismatch: the log signed 29 entries; these 29 are others", _edits("UPDATE entries SET at = '2026-01-01T09:00:59.000000Z' WHERE number = 20")),
    Attack("an entry deleted from the database", DATABASE, SCORE, REFUSED, "ledger, checkpoint mismatch: the log signed 29 entries; these 28 are others", _edits("DELETE FROM entries WHERE number = 20")),
    Attack("a step entered on a database that was altered", DATABASE, DESK, REFUSED, "database was altered", _edits("DELETE FROM entries WHERE number = 28", then=comment)),
    Attack("the log's key swapped, its public half too", OPERATOR, SCORE, REFUSED, "ledger, log signature: a checkpoint is not signed by city.example/ledger", other_log_key),
    Attack("another city's ledger of the same names put in place", OPERATOR, SCORE, REFUSED, "ledger, log signature: a checkpoint is not signed by city.example/ledger", other_citys_ledger),
    Attack("the clock set back behind a lapsed approval", CREW, SCORE, REFUSED, "clock: the clock here says July 20, 2026; the ledger was signed on August 9, 2026", clock_back),
    Attack("the same envelope entered twice", "a member", DESK, REFUSED, "stands already as entry 29", twice),
    Attack("a step signed under another policy", OPERATOR, DESK, REFUSED, "under another policy than the one in force", other_policy),
    Attack("a signed step kept back for eight days", OPERATOR, DESK, REFUSED, "signed for January 2, 2026, and today is January 10, 2026", kept_back),
    Attack("the approval of another city copied", OPERATOR, DESK, REFUSED, "is not enrolled", from_another_city),
    Attack("a vote for another dossier replayed", OPERATOR, DESK, REFUSED, "f{64}|another dossier", for_another_dossier),
    Attack("an expired approval", CREW, SCORE, REFUSED, f"the approval lapsed after {written_date(LAST_DAY, 'en')}", lapsed),
    Attack("a condition that was missed", CREW, SCORE, REFUSED, "condition drill was due on April 11, 2026 and is not met", _later(DUE + 1)),
    Attack("a suspended model", CREW, SCORE, REFUSED, "the model is suspended", _after(("suspend", "off", "governance_officer"))),
    Attack("a stopped pilot", CREW, SCORE, REFUSED, "the pilot was stopped", _after(("stop", "off", "governance_officer"))),
    Attack("a day before the approval", CREW, SCORE, REFUSED, "clock: ", lambda world: world.on(-3).scores()),
    Attack("a swapped threshold: more units than approved", CREW, SCORE, REFUSED, "capacity: approved was 150, found is 280", declares("pilot.yaml", "units_per_period: 150", "units_per_period: 280")),
    Attack("a policy of one's own with a wide tolerance", CREW, SCORE, REFUSED, "capacity: approved was 150, found is 280", laxer_policy),
    Attack("another list of features", CREW, SCORE, REFUSED, "features: approved was", declares("pilot.yaml", "count_days: [28, 91, 364, 728, 1092]", "count_days: [28, 91, 364, 728]")),
    Attack("another contract of the data", CREW, SCORE, REFUSED, "contracts.weather: approved was", declares("contracts/weather.yaml", "quarantine_share: 0\n", "quarantine_share: 0.5\n")),
    Attack("a foreign dossier in the place of the approved", FILES, SCORE, REFUSED, "is of pilot made-potholes, not of example-potholes", foreign_dossier),
    Attack("a byte of the model changed", FILES, SCORE, REFUSED, "altered after it was sealed: bundle/booster.txt", in_files(flip("bundle/booster.txt"))),
    Attack("a byte of a page changed", FILES, SCORE, REFUSED, r"altered after it was sealed: public/model_card.en.html", in_files(flip("public/model_card.en.html"))),
    Attack("the gates' report made to pass", FILES, SCORE, REFUSED, "altered after it was sealed: gates.json", in_files(flip("gates.json"))),
    Attack("two files with their names swapped", FILES, SCORE, REFUSED, "sealed: full/records/audit.json, public/records/audit.json", in_files(_swap_names)),
    Attack("a file taken away", FILES, SCORE, REFUSED, "sealed: full/records/audit.json", in_files(lambda folder: (folder / "full/records/audit.json").unlink())),
    Attack("a pickle laid beside the model", FILES, SCORE, REFUSED, "sealed: bundle/model.pkl", in_files(_pickle_beside)),
    Attack("a link in the place of the model", FILES, SCORE, REFUSED, "sealed: bundle/booster.txt", in_files(_link)),
    Attack("a model of half a gigabyte", FILES, SCORE, REFUSED, "sealed: bundle/booster.txt", in_files(_giant)),
    Attack("a manifest that names a file outside", FILES, SCORE, REFUSED, r"sealed: \.\./\.\./\.\./keys/log.key", in_files(_climb)),
    Attack("one digit of the model, and the manifest made to agree", FILES, SCORE, REFUSED, "sealed: bundle/booster.txt", in_files(_manifest_only)),
    Attack("another model, and all digests made anew", FILES, SCORE, REFUSED, "dossier: approved was .*bundle: approved was", in_files(_trained_again)),
    Attack("a pickle in the bundle, and all digests made anew", FILES, SCORE, REFUSED, "dossier: approved was .*bundle: approved was", in_files(_pickle_in_the_bundle)),
    Attack("a release dated anew", CREW, FROM_RELEASE, REFUSED, "the release is not signed by city.example/ledger", in_release(_dated_anew)),
    Attack("a release made to last longer", CREW, FROM_RELEASE, REFUSED, "does not hold the decision that the release names", in_release(_made_longer)),
    Attack("a release used long after anybody looked", CREW, FROM_RELEASE, REFUSED, "nothing is known of the case after January 2, 2026; the policy allows 31 days", in_release(lambda _: None, on=40)),
    Attack("a release used after a suspension", CREW, f"{FROM_RELEASE} --record", REFUSED, "the model is suspended", suspended_since),
    Attack("an old record given as the newer one", CREW, f"{FROM_RELEASE} --record", REFUSED, "ledger, cut back: 29 entries were seen; here stand 28", older_record),
    Attack("a byte of the model in a release changed", FILES, FROM_RELEASE, REFUSED, "sealed: bundle/booster.txt", in_release(lambda world: flip("dossier/bundle/booster.txt")(world.release))),
)  # fmt: skip

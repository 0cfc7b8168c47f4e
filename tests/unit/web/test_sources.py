"""A figure of a card is followed to the file that holds it, and that file to what the city handed over."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from civic_ai.core.canonical import digest_of_bytes, digest_of_file
from civic_ai.core.errors import RefusedError
from civic_ai.records.dossier import Audience
from civic_ai.web import sources
from civic_ai.web.sealed_files import SealedFiles, sealed_files
from civic_ai.web.sources import COMPUTED, HELD, MASKED, source_of

GAIN = "evaluation.lift_over_best_baseline.value"
OF_NO_FILE = {"scorecard"}
"""What is said of civic-ai itself; facts of an earlier version are the other case."""


@pytest.fixture
def files(shipped: Path) -> SealedFiles:
    found = sealed_files(shipped, shipped.name)
    assert found is not None
    return found


def shown(shipped: Path, audience: Audience) -> list[str]:
    """The facts of all cards."""
    cards = json.loads((shipped / audience / "cards.en.json").read_bytes())["cards"]
    return [one["fact"] for told in cards.values() for one in told]


@pytest.mark.parametrize("audience", ["board", "public"])
def test_every_figure_of_every_card_has_a_source(
    shipped: Path, files: SealedFiles, audience: Audience
) -> None:
    facts = {fact.partition(".")[0]: fact for fact in shown(shipped, audience)}
    assert facts.keys() <= HELD.keys() | COMPUTED.keys() | MASKED | OF_NO_FILE
    for record, fact in facts.items():
        source = source_of(files, audience, "en", fact)
        assert source is not None
        assert source.fact == fact
        assert source.agrees in (True, None), fact
        assert (source.held is None) == (record in OF_NO_FILE), fact
        if source.held is not None:
            assert source.held.digest == digest_of_file(shipped / source.held.path)


def test_a_figure_is_followed_to_what_the_city_handed_over(shipped: Path, files: SealedFiles) -> None:
    source = source_of(files, "board", "en", GAIN)
    assert source is not None
    assert source.held is not None
    record = json.loads((shipped / source.held.path).read_bytes())
    assert record["lift_over_best_baseline"]["value"] == source.value
    assert (source.is_in_file, source.agrees) == (True, True)
    assert source.beside["lower"] == record["lift_over_best_baseline"]["lower"]
    assert ("board_brief", "1.04") in source.words
    chain = [source.held, *source.made_from]
    assert [one.path.rpartition("/")[2] for one in chain] == [
        "evaluation.json", "predictions.json", "panel.json", "snapshot.json",
    ]  # fmt: skip
    for before, after in zip(chain[1:], chain, strict=False):
        assert before.digest.encode() in (shipped / after.path).read_bytes()
    handed = json.loads((shipped / chain[-1].path).read_bytes())["sources"]
    assert [one["raw_digest"] for one in source.handed_over] == [one["raw_digest"] for one in handed]


def test_the_public_is_shown_its_own_file_and_may_take_no_other(shipped: Path, files: SealedFiles) -> None:
    for fact in shown(shipped, "public")[::97]:
        source = source_of(files, "public", "pt", fact)
        assert source is not None
        assert source.handed_over == ()
        for one in (source.held, *source.made_from):
            assert one is None or one.may_read == one.path.startswith("public/")


def test_what_no_card_of_the_reader_shows_has_no_page(shipped: Path, files: SealedFiles) -> None:
    for fact in ("", "evaluation", "evaluation.nothing", "../manifest.json", "dossier.pilot"):
        assert source_of(files, "board", "en", fact) is None
    for_the_board = set(shown(shipped, "board")) - set(shown(shipped, "public"))
    for fact in sorted(for_the_board)[::199]:
        assert source_of(files, "board", "en", fact) is not None
        assert source_of(files, "public", "en", fact) is None


def test_an_altered_record_is_not_followed(shipped: Path, tmp_path: Path) -> None:
    folder = tmp_path / shipped.name
    shutil.copytree(shipped, folder)
    altered = folder / "full" / "records" / "evaluation.json"
    altered.write_bytes(altered.read_bytes().replace(b"1.0418", b"1.9418"))
    found = sealed_files(folder, digest_of_bytes((folder / "manifest.json").read_bytes())[:12])
    assert found is not None
    with pytest.raises(RefusedError, match="altered"):
        source_of(found, "board", "en", GAIN)


def test_a_card_that_says_another_number_than_its_file_is_told_apart(
    files: SealedFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = sources.read(files.folder, files.digest, "board")
    other = replace(sealed, facts=sealed.facts | {GAIN: 2.0})
    monkeypatch.setattr(sources, "read", lambda *_: other)
    source = source_of(files, "board", "en", GAIN)
    assert source is not None
    assert (source.is_in_file, source.agrees) == (True, False)

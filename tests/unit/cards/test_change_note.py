"""The change note says what differs, where chance does not explain it, and nothing that is hidden."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from markupsafe import Markup

from civic_ai.cards import words
from civic_ai.cards.change_note import apart, change_note, earlier_facts
from civic_ai.cards.dossier import seal
from civic_ai.cards.facts import facts_of
from civic_ai.cards.render import render_cards
from civic_ai.cards.sealed import read_sealed
from civic_ai.core.errors import RefusedError
from civic_ai.records.panel import Feature
from civic_ai.records.record import Record
from civic_ai.records.text import Text
from tests.unit.cards.conftest import MakeCards, MakeFollowing, MakeMade, MakePage, follow_up
from tests.unit.cards.made_city import City
from tests.unit.cards.made_dossier import seal_made
from tests.unit.cards.reading import Card, read_card

OTHER = Feature(name="other", source="requests", known_by="created_at", family="history")


def note(following: MakeFollowing, was: City, now: City, path: str = "board/change_note.en.html") -> Card:
    return read_card(following(was, now).cards[path].decode())


def test_the_same_again_says_so_in_every_section(following: MakeFollowing) -> None:
    seen = note(following, City(), City()).seen
    for says in (
        "The pilot's file says the same.",
        "The policy and the program are the same.",
        "The data are the same, byte for byte.",
        "The models look at the same features.",
        "Both versions propose boosted trees (LightGBM).",
        "Every gate has the same verdict as before.",
        "None: the figure is the same",
    ):
        assert says in seen
    assert "too small to tell" not in seen
    assert "by more than chance" not in seen
    assert "New:" not in seen


def test_what_differs_is_named(following: MakeFollowing) -> None:
    was, now = City(), City(winner="rule", groups="unequal", leaks=1)
    card = note(following, was, now)
    assert "The earlier version proposed boosted trees (LightGBM); this one proposes" in card.seen
    gates = next(
        row for row in card.all("tr") if "same chance" in row.text or "every group" in row.text.lower()
    )
    assert "Pass" in gates.text
    assert "Fail" in gates.text


def test_another_question_is_not_compared(following: MakeFollowing) -> None:
    seen = note(following, City(), City(question="cases")).seen
    assert "Not comparable: it was measured otherwise" in seen
    assert "too small to tell" not in seen
    assert "label" in seen


def view(following: MakeFollowing, page: MakePage, **parts: Record) -> dict[str, Any]:
    """The note of the same city twice, of which the earlier version had other records."""
    sealed = read_sealed(following(City(), City()).was, "board")
    records = replace(sealed.records, **parts)  # type: ignore[arg-type]
    earlier = replace(sealed, records=records, facts=sealed.facts | facts_of(records))
    now = page(City())
    teller = replace(now.teller, facts={**now.teller.facts, **earlier_facts(earlier)})
    return change_note(replace(now, teller=teller, earlier=earlier), earlier)


def test_features_and_candidates_that_came_or_went(following: MakeFollowing, page: MakePage) -> None:
    now = page(City()).records
    panel = now.panel.model_copy(update={"features": (*now.panel.features[1:], OTHER)})
    kept = now.predictions.model_copy(update={"candidates": now.predictions.candidates[1:]})
    told = view(following, page, panel=panel, predictions=kept)
    first = now.panel.features[0].name
    assert (told["features"].removed.striptags(), told["features"].added.striptags()) == ("other", first)
    assert (told["candidates"].removed, told["candidates"].added.striptags()) == (
        "", words.CANDIDATES[now.predictions.candidates[0].name],
    )  # fmt: skip


def test_sources_that_moved_came_or_went(following: MakeFollowing, page: MakePage) -> None:
    now = page(City()).records.snapshot
    moved = now.sources[0].model_copy(update={"raw_digest": "0" * 64, "rows": 12_345})
    gone = now.sources[1].model_copy(update={"name": "streets"})
    told = view(following, page, snapshot=now.model_copy(update={"sources": (moved, gone)}))["data"]
    rows = {row[0]: tuple(cell.striptags() for cell in row[1:]) for row in told.rows}
    one, other = (source.name for source in now.sources)
    assert rows[f"{one}: rows kept"] == ("12,345", f"{now.sources[0].rows:,}")
    assert rows["streets: rows kept"][1] == "Not there"
    assert rows[f"{other}: rows kept"][0] == "Not there"
    assert rows["Known up to"][0] == rows["Known up to"][1]


def test_gates_that_are_asked_anew_or_no_more(following: MakeFollowing, page: MakePage) -> None:
    sealed = read_sealed(following(City(), City()).was, "board")
    first, second, *rest = sealed.gates.checks
    stricter = second.model_copy(update={"must_be": "> 2"})
    extra = first.model_copy(update={"gate": "extra", "verdict": "fail"})
    gates = sealed.gates.model_copy(update={"checks": (stricter, extra, *rest)})
    policy = sealed.records.policy
    own = policy.gates[0].model_copy(update={"id": "extra", "asks": Text.model_validate("Is it extra?")})
    records = replace(sealed.records, policy=policy.model_copy(update={"gates": (*policy.gates, own)}))
    earlier = replace(sealed, gates=gates, records=records)
    now = page(City())
    teller = replace(now.teller, facts={**now.teller.facts, **earlier_facts(earlier)})
    told = change_note(replace(now, teller=teller), earlier)
    rows = [tuple(Markup(cell).striptags() for cell in row) for row in told["gates"].rows]
    asks = [now.teller.text(gate.asks) for gate in policy.gates]
    assert [row[0] for row in rows] == [asks[0], asks[1], "Is it extra?"]
    assert rows[0][1] == rows[2][2] == "Not asked"
    assert "must be more than 2" in rows[1][1]
    assert rows[2][1].startswith("✕ Fail")
    assert told["policy"].rows[0][1] != told["policy"].rows[0][2]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ((0.15, 0.1, 0.2), (0.25, 0.21, 0.3), "Higher, by more than chance"),
        ((0.25, 0.21, 0.3), (0.15, 0.1, 0.2), "Lower, by more than chance"),
        ((0.15, 0.1, 0.2), (0.25, 0.2, 0.3), "The difference is too small to tell"),
        ((0.25, 0.2, 0.3), (0.15, 0.1, 0.2), "The difference is too small to tell"),
        ((0.25, 0.1, 0.4), (0.25, 0.2, 0.3), "The difference is too small to tell"),
        ((0.25, 0.1, 0.4), (0.25, 0.1, 0.4), "None: the figure is the same"),
        ((0.25, 0.1, 0.4), (0.26, 0.1, 0.4), "The difference is too small to tell"),
        ((0.25, None, 0.4), (0.55, 0.5, 0.6), "Not known: one of them has no interval"),
        ((0.25, 0.1, 0.4), (0.55, 0.5, None), "Not known: one of them has no interval"),
        ((None, None, None), (None, None, None), "Not known: one of them has no interval"),
    ],
)
def test_higher_or_lower_only_where_intervals_lie_apart(
    old: tuple[float, ...], new: tuple[float, ...], says: str
) -> None:
    assert apart(old, new).text() == says


def test_the_public_note_hides_what_either_version_hid(following: MakeFollowing) -> None:
    """A group hidden before stays without figures, though the board's note has them."""
    was, now = City(groups="small", smallest=5), City()
    public = note(following, was, now, "public/change_note.en.html")
    board = note(following, was, now)
    hidden = [one.attributes["data-fact"] for one in public.facts if ".q1." in one.attributes["data-fact"]]
    assert not [name for name in hidden if name.startswith("earlier.audit")]
    assert "Too few to show (privacy)" in public.seen
    assert "Too few to show (privacy)" not in board.seen


def test_what_was_hidden_cannot_change_the_public_note(made: MakeMade, tmp_path: Path) -> None:
    """Two earlier versions that differ in a hidden count give the same public note, digests aside."""
    notes = []
    for smallest in (5, 8):
        folder = seal_made(tmp_path / str(smallest), City(groups="small", smallest=smallest))
        digest = _digest(folder)
        later = follow_up(made(City()), digest)
        rendered = render_cards(later.evidence, later.gates, later.policy, later.blobs, folder)
        html = rendered["public/change_note.es.html"].decode()
        notes.append(html.replace(digest[:12], "was").replace(later.evidence.digest[:12], "now"))
    assert notes[0] == notes[1]


def test_without_an_earlier_version_there_is_none_and_no_card_speaks_of_one(cards: MakeCards) -> None:
    rendered = cards(City())
    assert not [path for path in rendered if "change_note" in path]
    for path, html in rendered.items():
        assert "change_note" not in html, path
        assert "first version" not in read_card(html).seen.lower()


def test_with_one_the_model_card_leads_to_it(following: MakeFollowing) -> None:
    card = note(following, City(), City(groups="unequal"), "public/model_card.pt.html")
    assert "change_note.pt.html" in {link.attributes["href"] for link in card.all("a")}


def test_it_is_sealed_with_the_rest_and_always_alike(following: MakeFollowing) -> None:
    two = following(City(), City(groups="unequal"))
    one = two.now
    again = render_cards(one.evidence, one.gates, one.policy, one.blobs, two.was)
    assert again == two.cards
    sealed = {file.path: file.role for file in seal(one.evidence, one.gates, again, one.blobs).files}
    for path in ("board/change_note.es.html", "public/change_note.es.html", "public/cards.es.json"):
        assert sealed[path] == "card"


def test_another_dossier_than_the_one_that_was_followed_is_refused(made: MakeMade, tmp_path: Path) -> None:
    folder = seal_made(tmp_path, City())
    one = follow_up(made(City()), "d" * 64)
    with pytest.raises(RefusedError, match="not the dossier that the run followed"):
        render_cards(one.evidence, one.gates, one.policy, one.blobs, folder)


def _digest(folder: Path) -> str:
    return (folder / "manifest.sha256").read_text().split()[0]

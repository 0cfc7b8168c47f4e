"""Choices are links, rows are what the cases say, and nothing is shown twice or lost between pages."""

from __future__ import annotations

from datetime import date, timedelta
from typing import get_args
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civic_ai.records.case import State
from civic_ai.web.portfolio import (
    ATTENTION,
    ORDERS,
    PHASE_OF,
    PHASES,
    ROWS,
    SOON_DAYS,
    Asked,
    Choice,
    Row,
    find,
    read_choice,
)

ON = date(2026, 6, 1)
DAYS = st.dates(ON - timedelta(days=100), ON + timedelta(days=100))
STATES = st.sampled_from(get_args(State))
CHOICES = st.builds(
    Choice,
    phase=st.none() | st.sampled_from(list(PHASES)),
    attention=st.none() | st.sampled_from(list(ATTENTION)),
    words=st.text("abc é&=?#", max_size=8).map(str.strip),
    sort=st.sampled_from(list(ORDERS)),
    page=st.integers(1, 999_999),
)


@st.composite
def rows(draw: st.DrawFn) -> Row:
    state = draw(STATES)
    return Row(
        pilot=f"pilot-{draw(st.integers(0, 10**9))}",
        state=state,
        level=draw(st.none() | st.sampled_from(["I", "II", "III"])),
        open_gates=draw(st.none() | st.integers(0, 9)),
        holds_until=draw(st.none() | DAYS),
        late=tuple(draw(st.lists(st.dates(ON - timedelta(days=100), ON - timedelta(days=1)), max_size=2))),
        moved=draw(DAYS),
        phase=PHASE_OF[state],
    )


def test_every_state_has_a_phase() -> None:
    assert set(PHASE_OF) == set(get_args(State))


@given(CHOICES)
def test_a_choice_comes_back_from_its_own_link(choice: Choice) -> None:
    assert read_choice(dict(parse_qsl(choice.query.removeprefix("?")))) == choice


@pytest.mark.parametrize(
    "given",
    [
        {"phase": "nowhere"},
        {"sort": "password"},
        {"attention": "'; drop table"},
        {"page": "0"},
        {"page": "-1"},
        {"page": "٣x"},
        {"page": "9" * 40},
    ],
)
def test_what_is_no_word_of_ours_is_not_asked(given: dict[str, str]) -> None:
    assert read_choice(given) == Choice()


@given(st.lists(rows(), max_size=130, unique_by=lambda row: row.pilot), CHOICES)
def test_pages_hold_each_row_that_fits_once_and_counts_agree(among: list[Row], choice: Choice) -> None:
    mine = frozenset(row.pilot for row in among[::3])

    def asked(chosen: Choice) -> Asked:
        return Asked(chosen, mine, ON, lambda row: True)

    def on_page(page: int) -> Choice:
        return Choice(choice.phase, choice.attention, "", choice.sort, page)

    first = find(among, asked(on_page(1)))
    shown = [row for page in range(1, first.pages + 1) for row in find(among, asked(on_page(page))).rows]
    fits = [
        row
        for row in among
        if choice.phase in (None, row.phase)
        and {
            None: True,
            "late": bool(row.late) or (row.holds_until is not None and row.holds_until < ON),
            "soon": row.holds_until is not None and 0 <= (row.holds_until - ON).days <= SOON_DAYS,
            "mine": row.pilot in mine,
        }[choice.attention]
    ]
    assert sorted(row.pilot for row in shown) == sorted(row.pilot for row in fits)
    assert len(shown) == first.many
    assert all(len(find(among, asked(on_page(page))).rows) <= ROWS for page in range(1, first.pages + 1))
    assert [ORDERS[choice.sort](row) for row in shown] == sorted(ORDERS[choice.sort](row) for row in shown)
    assert find(among, asked(on_page(first.pages + 7))) == find(among, asked(on_page(first.pages)))
    for phase in PHASES:
        alone = find(among, asked(Choice(phase, choice.attention)))
        assert first.by_phase.get(phase, 0) == alone.many
    for attention in ATTENTION:
        assert first.by_attention[attention] == find(among, asked(Choice(choice.phase, attention))).many

from __future__ import annotations

from datetime import date

from civic_ai.records.public_register import Register, RegisterRow, Withheld


def test_rows_are_named_by_pilot_and_come_back_from_their_json() -> None:
    row = RegisterRow(
        pilot="streets", title={"en": "Streets", "es": "Calles"}, owner="Public Works", contact="a@b.org",
        use={"en": "Crews"}, comment_days=0,
        state="in_use", level="II", dossier="ab" * 32, is_ready=True, gates_passed=3, gates_failed=0,
        gates_unknown=1, data_up_to=date(2026, 1, 1), holds_until=None, decisions=(),
        withheld=(Withheld(what="model-files", why="security"),), cards=("public/model_card.en.html",),
    )  # fmt: skip
    made = Register(on=date(2026, 1, 2), publisher="city", ledger_size=4, rows=(row,))
    assert Register.model_validate_json(made.to_json()) == made
    assert row.fact_key() == "streets"

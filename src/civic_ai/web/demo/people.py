"""The seven people of the demonstration. They are invented, as their cities are."""

from __future__ import annotations

from dataclasses import dataclass

from civic_ai.records.people import BoardRole, Holder


@dataclass(frozen=True)
class Player:
    """One person: the name on the ledger, the name to sign in with, and the roles held in every case."""

    person: str
    account: str
    roles: tuple[BoardRole, ...]
    is_community: bool = False

    @property
    def holders(self) -> tuple[Holder, ...]:
        """The roles as a case names them."""
        return tuple(
            Holder(person=self.person, role=role, is_community=self.is_community and role == "member")
            for role in self.roles
        )


PLAYERS: tuple[Player, ...] = (
    Player("Ana Morales", "ana", ("owner", "developer")),
    Player("Samuel Wright", "samuel", ("technical_reviewer",)),
    Player("Ixchel Tzoc", "ixchel", ("equity_reviewer",)),
    Player("Beatriz Nascimento", "beatriz", ("governance_officer",)),
    Player("Denise Tremblay", "denise", ("chair",)),
    Player("Nahuel Quispe", "nahuel", ("member",), is_community=True),
    Player("Lucía Fernández", "lucia", ("coach", "auditor")),
)
"""Everybody; the fourth keeps the keys."""
CUSTODIAN = "Beatriz Nascimento"
HOLDERS: tuple[Holder, ...] = tuple(holder for player in PLAYERS for holder in player.holders)


def in_role(role: BoardRole) -> str:
    """Who holds this role."""
    return next(player.person for player in PLAYERS if role in player.roles)

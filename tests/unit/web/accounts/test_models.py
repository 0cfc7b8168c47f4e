"""An account stands for one person; a passkey belongs to one account."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from civic_ai.web.accounts.models import Member, Passkey
from tests.unit.review.authenticator import Authenticator


def test_neither_name_nor_person_stands_twice(accounts: None) -> None:
    for name, person in (("ona", "somebody"), ("somebody", "ona")):
        with pytest.raises(IntegrityError), transaction.atomic():
            Member.objects.add(name, person, None)


def test_without_a_password_nobody_signs_in(accounts: None) -> None:
    assert not Member.objects.get(name="ona").has_usable_password()


def test_a_passkey_keeps_its_public_key(accounts: None) -> None:
    key = Authenticator().public_key
    made = Passkey.objects.create(
        member=Member.objects.get(name="ona"), credential="c", public=key.to_json().decode()
    )
    assert Passkey.objects.get(pk=made.pk).key == key

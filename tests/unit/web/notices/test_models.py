from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from civic_ai.web.desk import Desk
from civic_ai.web.notices.models import Notice


def test_nobody_is_noted_twice_for_the_same_step(desk: Desk) -> None:
    Notice.objects.create(person="ona", pilot="streets", kind="submit")
    Notice.objects.create(person="ona", pilot="lamps", kind="submit")
    Notice.objects.create(person="ona", pilot="streets", kind="said", about="1")
    Notice.objects.create(person="ona", pilot="streets", kind="said", about="2")
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(person="ona", pilot="streets", kind="submit")
    assert apps.get_app_config("notices").get_model("Notice") is Notice

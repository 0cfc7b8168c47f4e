"""A notice may be about a comment or a key."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what it is about, and tell notices apart by it."""

    dependencies = (("notices", "0001_initial"),)
    operations = (
        migrations.AddField("notice", "about", models.CharField(blank=True, default="", max_length=64)),
        migrations.RemoveConstraint("notice", "one_notice_of_each"),
        migrations.AddConstraint(
            "notice",
            models.UniqueConstraint(fields=("person", "pilot", "kind", "about"), name="one_notice_of_each"),
        ),
    )

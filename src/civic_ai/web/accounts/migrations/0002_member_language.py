"""In which language somebody reads."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add it; nobody's is known yet."""

    dependencies = (("accounts", "0001_initial"),)
    operations = (
        migrations.AddField("member", "language", models.CharField(blank=True, default="", max_length=2)),
    )

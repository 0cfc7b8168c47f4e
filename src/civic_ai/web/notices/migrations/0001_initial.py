"""The first tables."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make them."""

    initial = True
    dependencies = ()
    operations = (
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("person", models.CharField(max_length=80)),
                ("pilot", models.CharField(max_length=61)),
                ("kind", models.CharField(max_length=40)),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": (
                    models.UniqueConstraint(fields=("person", "pilot", "kind"), name="one_notice_of_each"),
                )
            },
        ),
    )

import django.db.models.deletion
from django.db import migrations, models

from entities.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("entities", "0012_api_clients"),
        ("screening", "0029_notice_of_disposal"),
    ]

    operations = [
        migrations.CreateModel(
            name="Foreseen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rule", models.CharField(max_length=30)),
                ("is_new", models.BooleanField(help_text="Newly reached; else reached no longer.")),
                ("raises_presumption", models.BooleanField()),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("direct", "Named on the shipment"),
                            ("traced", "Traced by lots"),
                            ("relevant", "Relevant"),
                            ("possible", "Possible"),
                        ],
                        max_length=10,
                    ),
                ),
                ("steps_upstream", models.PositiveSmallIntegerField()),
                (
                    "entity",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="entities.listedentity",
                    ),
                ),
                (
                    "rescreening",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="foreseen",
                        to="screening.rescreening",
                    ),
                ),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="screening.shipment"
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="entities.supplier"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "foreseen",
                "ordering": ["pk"],
            },
        ),
        AppendOnly("screening", "Foreseen"),
    ]

import django.db.models.deletion
from django.db import migrations, models

from entities.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0034_firms_moved_of_a_pass"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScreenedRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                (
                    "facts",
                    models.JSONField(
                        help_text="By heading earlier ways and detentions; by goods prices; words of sources."
                    ),
                ),
            ],
        ),
        migrations.AlterField(
            model_name="screeninginput",
            name="facts",
            field=models.JSONField(help_text="Lines, parties, lots, judgements in force."),
        ),
        migrations.AddField(
            model_name="screeninginput",
            name="record",
            field=models.ForeignKey(
                help_text="None: the part of the record that bears on the shipment stands among the facts.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="screening.screenedrecord",
            ),
        ),
        AppendOnly("screening", "ScreenedRecord", "ScreeningInput"),
    ]

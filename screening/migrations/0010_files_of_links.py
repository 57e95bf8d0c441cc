import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entities", "0001_initial"),
        ("screening", "0009_exposure_index"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="kind",
            field=models.CharField(
                choices=[("shipments", "Shipments"), ("links", "Supply links and ownership")],
                default="shipments",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="is_public",
            field=models.BooleanField(
                default=False,
                help_text="Links from published sources: they are nobody's declaration, everybody may know them.",
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="customer",
            field=models.ForeignKey(
                blank=True,
                help_text="Of a file of links: the customer in every row that names none.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="entities.supplier",
            ),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="made",
            field=models.JSONField(
                default=dict, help_text="Of a file of links: how many links, holdings, firms it made."
            ),
        ),
        migrations.AddField(
            model_name="importrow",
            name="made",
            field=models.JSONField(
                default=list,
                help_text="What the row of a file of links says: [{kind: link or ownership, key, is_new}]",
            ),
        ),
    ]

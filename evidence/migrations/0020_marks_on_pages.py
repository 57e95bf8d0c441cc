from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evidence", "0019_packets_and_translations")]

    operations = [
        migrations.AddField(
            model_name="pagelayout",
            name="marks",
            field=models.JSONField(
                default=None,
                help_text="Boxes of ink that is neither word nor rule; null where nobody looked.",
                null=True,
            ),
        ),
    ]

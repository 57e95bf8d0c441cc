from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entities", "0013_events_and_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="change",
            name="screened",
            field=models.PositiveBigIntegerField(
                help_text="The shipment that was screened with this change in the transaction that made it.", null=True
            ),
        ),
    ]

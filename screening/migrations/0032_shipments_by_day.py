from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("screening", "0031_imports_of_json"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="shipment",
            index=models.Index(fields=["imported_on", "arrives_on"], name="shipment_by_day"),
        ),
    ]

"""What screenings read is kept as the text its digest is of."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("screening", "0036_listed_screenings")]

    operations = [
        step
        for model in ("screenednetwork", "screenedrecord")
        for step in (
            migrations.RenameField(model, "facts", "text"),
            migrations.AlterField(model, "text", models.TextField(help_text="Canonical JSON.")),
        )
    ]

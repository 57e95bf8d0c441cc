"""What screenings read is kept as the text its digest is of."""

from django.db import migrations, models

from entities.append_only import AppendOnly

MODELS = ("ScreenedNetwork", "ScreenedRecord")


class Migration(migrations.Migration):
    dependencies = [("screening", "0036_listed_screenings")]

    operations = [
        *(migrations.RenameField(model, "facts", "text") for model in MODELS),
        *(migrations.AlterField(model, "text", models.TextField(help_text="Canonical JSON.")) for model in MODELS),
        AppendOnly("screening", *MODELS),
    ]

from django.db import migrations

from entities.append_only import AppendOnly


class Migration(migrations.Migration):
    """The database refuses UPDATE and DELETE on what is only ever appended."""

    dependencies = [("evidence", "0002_initial")]

    operations = [
        AppendOnly(
            "evidence",
            "Assessment",
            "Citation",
        )
    ]

from django.db import migrations

from entities.append_only import AppendOnly


class Migration(migrations.Migration):
    """The database refuses UPDATE and DELETE on what is only ever appended."""

    dependencies = [("screening", "0001_initial")]

    operations = [
        AppendOnly(
            "screening",
            "ScreeningRun",
            "Screening",
            "Finding",
            "Look",
            "Recommendation",
            "Decision",
        )
    ]

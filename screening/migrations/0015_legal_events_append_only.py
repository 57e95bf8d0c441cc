from django.db import migrations

from entities.append_only import AppendOnly


class Migration(migrations.Migration):
    """What happened to detained goods, and what was determined, is appended; a correction is a row of its own."""

    dependencies = [("screening", "0014_legal_events")]

    operations = [AppendOnly("screening", "LegalEvent", "Determination")]

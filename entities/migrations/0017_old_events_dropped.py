from django.db import migrations

from entities.append_only import AppendOnly


class Migration(migrations.Migration):
    """Events older than 30 days may be deleted, and nothing else of them changed."""

    dependencies = [("entities", "0016_changes_of_detentions")]

    operations = [AppendOnly("entities", "Event")]

from django.db import migrations

from entities.four_eyes import FourEyes


class Migration(migrations.Migration):
    """Lists, thresholds, names and judgements take two persons, by whatever way a row comes."""

    dependencies = [("entities", "0007_row_digests")]

    operations = [FourEyes("entities.four_eyes")]

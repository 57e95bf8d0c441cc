from django.db import migrations

from entities.four_eyes import FourEyes


class Migration(migrations.Migration):
    """Nobody decides on what they had a hand in, by whatever way a row comes."""

    dependencies = [
        ("entities", "0008_four_eyes"),
        ("evidence", "0008_verdicts_by_step"),
        ("screening", "0021_decisions_on_lines"),
    ]

    operations = [FourEyes("evidence.four_eyes")]

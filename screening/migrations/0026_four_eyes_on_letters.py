from django.db import migrations

from entities.append_only import AppendOnly
from entities.four_eyes import FourEyes


class Migration(migrations.Migration):
    """Nobody approves a letter that they wrote in, by whatever way a row comes."""

    dependencies = [("screening", "0025_fill_letter_writings")]

    operations = [
        migrations.RemoveField(model_name="letterdraft", name="writers"),
        AppendOnly("screening", "LetterWriting"),
        FourEyes("screening.four_eyes"),
    ]

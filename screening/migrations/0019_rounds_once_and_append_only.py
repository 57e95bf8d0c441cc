from django.db import migrations, models

from entities.append_only import AppendOnly


class Migration(migrations.Migration):
    """A round has its number once in a case; answers, messages and reminders are appended, never changed."""

    dependencies = [("screening", "0018_number_the_rounds")]

    operations = [
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(fields=("case", "round"), name="round_of_case_once"),
        ),
        AppendOnly("screening", "Answer", "Message", "Reminder"),
    ]

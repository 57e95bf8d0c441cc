import django.db.models.deletion
from django.db import migrations, models

from entities.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('screening', '0021_decisions_on_lines'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScreeningInput',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('facts', models.JSONField(help_text='Lines, parties and paths with their grades, places, lots, routes, prices.')),
                ('tables', models.JSONField(help_text='The reference tables that came with the product then, each by its SHA-256.')),
                ('screening', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='input', to='screening.screening')),
            ],
        ),
        AppendOnly("screening", "ScreeningInput"),
    ]

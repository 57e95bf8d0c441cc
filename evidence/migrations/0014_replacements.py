import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from entities.append_only import AppendOnly


class Migration(migrations.Migration):
    """One file sent in place of another; what papers say is appended, never changed."""

    dependencies = [
        ('evidence', '0013_proof_grid'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Replacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='replacements', to='evidence.document')),
                ('replaces', models.ForeignKey(help_text='The file it replaces; none takes back that it replaces one.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_in', to='evidence.document')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('document', models.F('replaces')), _negated=True), name='replacement_of_another_file')],
            },
        ),
        AppendOnly("evidence", "PaperField", "Replacement"),
    ]

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from entities.append_only import AppendOnly
from entities.four_eyes import FourEyes


class Migration(migrations.Migration):
    """What papers show at each step of a chain: as worked out, as persons placed them and judged it, and what was
    looked for."""

    dependencies = [
        ('evidence', '0012_virus_scan'),
        ('screening', '0026_four_eyes_on_letters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        FourEyes("evidence.four_eyes", on=False),
        migrations.CreateModel(
            name='KeptSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('words', models.CharField(max_length=200)),
                ('why', models.CharField(help_text='What it was to show, and for which step.', max_length=400)),
                ('step', models.CharField(blank=True, max_length=80)),
                ('searched', models.JSONField(help_text='Exhibits looked through: number, SHA-256, pages, pages without text.')),
                ('found', models.JSONField(default=list, help_text='Pages that say it: exhibit, page, how often.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='PaperPlacement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('steps', models.JSONField(default=list, help_text='Keys of the steps; none: it belongs nowhere.')),
                ('labels', models.JSONField(default=list, help_text='What the steps were called then.')),
                ('reason', models.TextField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='ProofGrid',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content', models.JSONField(default=dict)),
                ('checked_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.AddField(
            model_name='assessment',
            name='family',
            field=models.CharField(blank=True, help_text='Family of papers, where it judges a cell of the proof grid.', max_length=20),
        ),
        migrations.AddField(
            model_name='assessment',
            name='proposed',
            field=models.CharField(blank=True, choices=[('shown', 'Shown'), ('not_shown', 'Not shown'), ('contradicted', 'Contradicted'), ('weak', 'Weak'), ('missing', 'Missing'), ('not_applicable', 'Not applicable')], help_text='What the machine proposed for the cell then.', max_length=15),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='pathway',
            field=models.CharField(blank=True, choices=[('applicability', 'Applicability review'), ('exception', 'Exception request'), ('protest', 'Protest'), ('proof', 'Proof under the order')], help_text='Empty: a cell of the grid.', max_length=15),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='requirement',
            field=models.CharField(blank=True, help_text='For example A3 or E2.', max_length=10),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='verdict',
            field=models.CharField(choices=[('shown', 'Shown'), ('not_shown', 'Not shown'), ('contradicted', 'Contradicted'), ('weak', 'Weak'), ('missing', 'Missing'), ('not_applicable', 'Not applicable')], max_length=15),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('family', ''), models.Q(('pathway', ''), _negated=True), models.Q(('requirement', ''), _negated=True)), models.Q(models.Q(('family', ''), _negated=True), ('pathway', ''), ('requirement', ''), models.Q(('step', ''), _negated=True)), _connector='OR'), name='assessment_of_question_or_cell'),
        ),
        migrations.AddField(
            model_name='keptsearch',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='keptsearch',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='kept_searches', to='screening.case'),
        ),
        migrations.AddField(
            model_name='paperplacement',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='paperplacement',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='screening.case'),
        ),
        migrations.AddField(
            model_name='paperplacement',
            name='paper',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='evidence.paper'),
        ),
        migrations.AddField(
            model_name='proofgrid',
            name='case',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='proof_grid', to='screening.case'),
        ),
        migrations.AddConstraint(
            model_name='paperplacement',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='placement_has_a_reason'),
        ),
        AppendOnly("evidence", "Assessment", "PaperPlacement", "KeptSearch"),
        FourEyes("evidence.four_eyes"),
    ]

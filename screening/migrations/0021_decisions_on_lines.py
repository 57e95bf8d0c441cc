import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from entities.append_only import AppendOnly


class Migration(migrations.Migration):
    """A recommendation names its grounds and lines; findings set aside and second looks are on record."""

    dependencies = [
        ('entities', '0007_row_digests'),
        ('screening', '0020_indexed_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Draw',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('share', models.FloatField(help_text='The share of decisions drawn then, 0 to 1.')),
                ('drawn_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Override',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('applies', models.BooleanField(default=False, help_text='The finding applies after all.')),
                ('reason', models.TextField()),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='SecondLook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('conclusion', models.CharField(choices=[('not_in_scope', 'Outside the law: shown that the chain touches neither Xinjiang nor a listed entity'), ('scope_not_rebutted', 'Not shown: the presumption stands'), ('exception_met', 'Exception: all three conditions met'), ('exception_not_met', 'Exception not met: the presumption stands'), ('protest_allowed', 'Protest allowed: the exclusion was wrong'), ('protest_denied', 'Protest denied: the exclusion stands'), ('proof_accepted', 'Proof accepted: the goods are outside the order'), ('proof_not_accepted', 'Proof not accepted: the order stands')], max_length=20)),
                ('agrees', models.BooleanField(help_text='The same conclusion as was decided.')),
                ('reasons', models.TextField()),
                ('given_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.AddField(
            model_name='decision',
            name='lines',
            field=models.JSONField(blank=True, default=list, help_text='Held lines it decides on, as detention-line; none: the whole case.'),
        ),
        migrations.AddField(
            model_name='recommendation',
            name='grounds',
            field=models.JSONField(default=list, help_text='The grounds concluded on, named.'),
        ),
        migrations.AddField(
            model_name='recommendation',
            name='lines',
            field=models.JSONField(blank=True, default=list, help_text='Held lines it speaks of, as detention-line; none named: the whole case.'),
        ),
        migrations.AlterField(
            model_name='decision',
            name='conclusion',
            field=models.CharField(choices=[('not_in_scope', 'Outside the law: shown that the chain touches neither Xinjiang nor a listed entity'), ('scope_not_rebutted', 'Not shown: the presumption stands'), ('exception_met', 'Exception: all three conditions met'), ('exception_not_met', 'Exception not met: the presumption stands'), ('protest_allowed', 'Protest allowed: the exclusion was wrong'), ('protest_denied', 'Protest denied: the exclusion stands'), ('proof_accepted', 'Proof accepted: the goods are outside the order'), ('proof_not_accepted', 'Proof not accepted: the order stands')], max_length=20),
        ),
        migrations.AlterField(
            model_name='decision',
            name='pathway',
            field=models.CharField(choices=[('applicability', 'Applicability review'), ('exception', 'Exception request'), ('protest', 'Protest'), ('proof', 'Proof under the order')], max_length=15),
        ),
        migrations.AlterField(
            model_name='recommendation',
            name='conclusion',
            field=models.CharField(choices=[('not_in_scope', 'Outside the law: shown that the chain touches neither Xinjiang nor a listed entity'), ('scope_not_rebutted', 'Not shown: the presumption stands'), ('exception_met', 'Exception: all three conditions met'), ('exception_not_met', 'Exception not met: the presumption stands'), ('protest_allowed', 'Protest allowed: the exclusion was wrong'), ('protest_denied', 'Protest denied: the exclusion stands'), ('proof_accepted', 'Proof accepted: the goods are outside the order'), ('proof_not_accepted', 'Proof not accepted: the order stands')], max_length=20),
        ),
        migrations.AlterField(
            model_name='recommendation',
            name='pathway',
            field=models.CharField(choices=[('applicability', 'Applicability review'), ('exception', 'Exception request'), ('protest', 'Protest'), ('proof', 'Proof under the order')], max_length=15),
        ),
        migrations.AlterField(
            model_name='recommendation',
            name='record',
            field=models.JSONField(help_text='Findings, verdicts, cited pages, lists and events as they stood.'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.UniqueConstraint(condition=models.Q(('supersedes', None), ('verdict', 'approved')), fields=('case', 'pathway', 'lines'), name='decision_stands_once'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('verdict', 'approved'), _negated=True), models.Q(('grounds', []), _negated=True), _connector='OR'), name='decision_has_a_ground'),
        ),
        migrations.AddConstraint(
            model_name='decision',
            constraint=models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='decision_has_reasons'),
        ),
        migrations.AddField(
            model_name='draw',
            name='decision',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='draw', to='screening.decision'),
        ),
        migrations.AddField(
            model_name='override',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='override',
            name='author_person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.person'),
        ),
        migrations.AddField(
            model_name='override',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='screening.case'),
        ),
        migrations.AddField(
            model_name='override',
            name='finding',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overrides', to='screening.finding'),
        ),
        migrations.AddField(
            model_name='secondlook',
            name='author',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='secondlook',
            name='author_person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.person'),
        ),
        migrations.AddField(
            model_name='secondlook',
            name='draw',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='second_look', to='screening.draw'),
        ),
        migrations.AddConstraint(
            model_name='override',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='override_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='secondlook',
            constraint=models.CheckConstraint(condition=models.Q(('reasons', ''), _negated=True), name='second_look_has_reasons'),
        ),
        AppendOnly("screening", "Recommendation", "Decision", "Override", "Draw", "SecondLook"),
    ]

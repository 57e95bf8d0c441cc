from django.db import migrations, models

from entities.append_only import AppendOnly


class Migration(migrations.Migration):
    """A verdict speaks of a step of the chain or of a question as a whole, and of the points of the rubric."""

    dependencies = [
        ('evidence', '0007_case_exports'),
    ]

    operations = [
        migrations.AddField(
            model_name='assessment',
            name='marks',
            field=models.JSONField(blank=True, default=list, help_text='What counts against the evidence, point by point of the written rubric.'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='step',
            field=models.CharField(blank=True, help_text='The step of the chain it speaks of; empty: the question as a whole.', max_length=80),
        ),
        migrations.AddField(
            model_name='assessment',
            name='step_label',
            field=models.CharField(blank=True, help_text='What the step was called then.', max_length=300),
        ),
        migrations.AlterField(
            model_name='assessment',
            name='pathway',
            field=models.CharField(choices=[('applicability', 'Applicability review'), ('exception', 'Exception request'), ('protest', 'Protest'), ('proof', 'Proof under the order')], max_length=15),
        ),
        AppendOnly("evidence", "Assessment"),
    ]

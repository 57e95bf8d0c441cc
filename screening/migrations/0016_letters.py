import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from entities.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ('entities', '0007_row_digests'),
        ('screening', '0015_legal_events_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LetterDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('request_for_information', 'Request for information'), ('notice_of_action', 'Notice of action'), ('notice_of_detention', 'Notice of detention'), ('notice_of_exclusion', 'Notice of exclusion'), ('notice_of_seizure', 'Notice of seizure'), ('release_notice', 'Release notice'), ('protest_decision', 'Decision on a protest'), ('exception_determination', 'Determination on an exception'), ('exception_report', 'Report on an exception granted'), ('acknowledgement', 'Acknowledgement of submission'), ('applicability_request', 'Request for an applicability review'), ('exception_request', 'Request for an exception'), ('extension_request', 'Request for more time'), ('identical_chain_report', 'Report of an identical supply chain'), ('protest', 'Protest against an exclusion'), ('disposal_notice', 'Notice of export or abandonment')], max_length=30)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('approved', 'Approved'), ('issued', 'Issued'), ('discarded', 'Discarded')], default='draft', max_length=10)),
                ('contents', models.JSONField(default=dict)),
                ('writers', models.JSONField(default=list, help_text='The persons who wrote in it; none of them approves it.')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('edited_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('approved_at', models.DateTimeField(blank=True, null=True)),
                ('approved_sha256', models.CharField(blank=True, help_text='Of the contents that were approved.', max_length=64)),
                ('approver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('approver_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.person')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.person')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letter_drafts', to='screening.case')),
                ('detention', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letter_drafts', to='screening.detention')),
                ('organization', models.ForeignKey(help_text='Whose draft it is.', on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.organization')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='Letter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(help_text='Year and running number, as in L-2026-0012.', max_length=20, unique=True)),
                ('kind', models.CharField(choices=[('request_for_information', 'Request for information'), ('notice_of_action', 'Notice of action'), ('notice_of_detention', 'Notice of detention'), ('notice_of_exclusion', 'Notice of exclusion'), ('notice_of_seizure', 'Notice of seizure'), ('release_notice', 'Release notice'), ('protest_decision', 'Decision on a protest'), ('exception_determination', 'Determination on an exception'), ('exception_report', 'Report on an exception granted'), ('acknowledgement', 'Acknowledgement of submission'), ('applicability_request', 'Request for an applicability review'), ('exception_request', 'Request for an exception'), ('extension_request', 'Request for more time'), ('identical_chain_report', 'Report of an identical supply chain'), ('protest', 'Protest against an exclusion'), ('disposal_notice', 'Notice of export or abandonment')], max_length=30)),
                ('origin', models.CharField(choices=[('recorded', 'Issued by CBP, on record here'), ('issued', 'Issued by the office'), ('paper', 'Paper of the importer')], max_length=10)),
                ('dated', models.DateField(help_text='The day it bears, US Eastern time.')),
                ('received_number', models.CharField(blank=True, help_text='The number CBP gave it.', max_length=60)),
                ('contents', models.JSONField(default=dict)),
                ('document', models.JSONField(default=dict, help_text='Every word that is printed, before the line of record.')),
                ('document_sha256', models.CharField(blank=True, max_length=64)),
                ('file', models.FileField(max_length=300, upload_to='letters/%Y/%m/')),
                ('file_sha256', models.CharField(max_length=64)),
                ('head_sequence', models.PositiveBigIntegerField(default=0, help_text='The end of the audit trail printed on it.')),
                ('head_hash', models.CharField(blank=True, max_length=64)),
                ('issued_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('approver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('approver_person', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.person')),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('author_person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='entities.person')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='screening.case')),
                ('detention', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letters', to='screening.detention')),
                ('issued_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('draft', models.OneToOneField(blank=True, help_text='What it was written in; one draft becomes one letter.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='letter', to='screening.letterdraft')),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='letterdraft',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author_person', models.F('approver_person')), _negated=True), ('approver_person', None), _connector='OR'), name='letter_draft_by_two_persons'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('author_person', models.F('approver_person')), _negated=True), ('approver_person', None), _connector='OR'), name='letter_by_two_persons'),
        ),
        migrations.AddConstraint(
            model_name='letter',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('origin', 'issued'), _negated=True), ('approver_person__isnull', False), _connector='OR'), name='issued_letter_is_approved'),
        ),
        AppendOnly("screening", "Letter"),
    ]

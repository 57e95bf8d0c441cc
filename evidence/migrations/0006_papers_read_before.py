from django.db import migrations


def ask_for_a_scan(apps, schema_editor):
    """Papers read before do not say which list they were looked through with: they are looked through once more."""
    if not apps.get_model("evidence", "Document").objects.exists():
        return
    jobs = apps.get_model("entities", "Job").objects.filter(kind="rescan", state="queued")
    jobs.get_or_create(dedupe_key="rescan", defaults={"kind": "rescan", "state": "queued", "priority": 6})


class Migration(migrations.Migration):
    dependencies = [("evidence", "0005_rescan_for_the_list_in_use")]

    operations = [migrations.RunPython(ask_for_a_scan, migrations.RunPython.noop)]

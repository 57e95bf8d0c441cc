from django.db import migrations


def number(apps, schema_editor):
    """Requests on record before rounds were counted are rounds in the order they were asked."""
    task = apps.get_model("screening", "Task")
    last, case = 0, None
    for row in task.objects.order_by("case_id", "pk").iterator():
        last = last + 1 if row.case_id == case else 1
        case = row.case_id
        if row.round != last:
            row.round = last
            row.save(update_fields=["round"])


class Migration(migrations.Migration):
    dependencies = [("screening", "0017_rounds_of_questions")]

    operations = [migrations.RunPython(number, migrations.RunPython.noop)]

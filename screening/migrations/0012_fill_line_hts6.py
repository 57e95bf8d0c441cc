from django.db import migrations

BATCH = 2000


def fill(apps, schema_editor):
    """The first six digits of each line's first code, where lines were stored before they were kept."""
    lines = apps.get_model("screening", "ShipmentLine").objects.order_by("pk")
    last = 0
    while rows := list(lines.filter(pk__gt=last)[:BATCH]):
        for row in rows:
            row.hts6 = "".join(char for char in row.hts_codes[0] if char.isdigit())[:6] if row.hts_codes else ""
        lines.model.objects.bulk_update(rows, ["hts6"], batch_size=500)
        last = rows[-1].pk


class Migration(migrations.Migration):
    dependencies = [("screening", "0011_line_hts6")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]

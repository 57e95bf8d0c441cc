from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("screening", "0019_rounds_once_and_append_only")]

    operations = [
        migrations.CreateModel(
            name="IndexedWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=600, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name="IndexedName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("supplier", models.BigIntegerField(db_index=True)),
                ("key", models.BigIntegerField(help_text="The key as a number.")),
            ],
            options={"indexes": [models.Index(fields=["key", "supplier"], name="indexed_name_by_key")]},
        ),
    ]

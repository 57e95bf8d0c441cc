from django.db import migrations


def fill(apps, _schema_editor):
    """A row for each person who wrote, under the account that wrote last, else under the person's first."""
    writing = apps.get_model("screening", "LetterWriting")
    user = apps.get_model("entities", "User")
    accounts = {}
    for pk, person in user.objects.order_by("-pk").values_list("pk", "person"):
        accounts[person] = pk
    drafts = apps.get_model("screening", "LetterDraft").objects.order_by("pk")
    rows = (
        writing(
            draft_id=draft.pk,
            author_id=draft.author_id if person == draft.author_person_id else accounts[person],
            author_person_id=person,
            wrote_at=draft.edited_at,
        )
        for draft in drafts.iterator()
        for person in dict.fromkeys([*draft.writers, draft.author_person_id])
        if person in accounts
    )
    writing.objects.bulk_create(rows, batch_size=1000)


def empty(apps, _schema_editor):
    apps.get_model("screening", "LetterWriting").objects.all().delete()


class Migration(migrations.Migration):
    """Who wrote in the letters there are."""

    dependencies = [("screening", "0024_letter_writings")]

    operations = [migrations.RunPython(fill, empty)]

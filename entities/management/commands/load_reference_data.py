"""Load the lists that come with the product, so that a migrated database can screen."""

from typing import Any

from django.core.management.base import BaseCommand

from entities import reference
from entities.models import ListVersion
from entities.services.lists import load_reference_lists


class Command(BaseCommand):
    help = "Load and publish the lists that come with the product. A list already loaded is left as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        before = set(ListVersion.objects.values_list("pk", flat=True))
        for version in load_reference_lists():
            act = "already there" if version.pk in before else "loaded"
            self.stdout.write(
                f"{version.get_register_display()}: {version.row_count} rows in force, "
                f"{version.entity_count} entities, retrieved {version.retrieved_on:%-d %B %Y} ({act})"
            )
        self.stdout.write(f"Places of Xinjiang: {len(reference.places())}")

"""``manage.py rebuild_index``: make the exposure index anew from suppliers, links and the lists in use."""

from typing import Any

from django.core.management.base import BaseCommand

from screening.services import exposure


class Command(BaseCommand):
    help = "Make the exposure index anew. Workers keep it up to date; this is for after a restore or a doubt."

    def handle(self, *args: Any, **options: Any) -> None:
        exposure.rebuild(report=self.stdout.write)
        self.stdout.write("The index is built.")

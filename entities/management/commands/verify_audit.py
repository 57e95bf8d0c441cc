"""Say whether the audit trail is as it was recorded."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from entities import audit
from entities.models import AuditHead


class Command(BaseCommand):
    help = "Check the chain of audit events; exit code 1 where it does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = 0
        for sentence in audit.verify():
            faults += 1
            self.stdout.write(sentence)
        if faults:
            self.stdout.write(f"The audit trail does not hold: {faults} faults.")
            sys.exit(1)
        head = AuditHead.objects.filter(pk=1).first() or AuditHead()
        self.stdout.write(f"OK: {head.sequence} events, head {head.hash}")

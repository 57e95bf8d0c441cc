from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "evidence"
    verbose_name = "What the importer sent and what it proves"

    def ready(self) -> None:
        from entities.services.mail import OCCASIONS
        from evidence.services.supplier_requests import mail_context

        OCCASIONS["supplier_request"] = mail_context

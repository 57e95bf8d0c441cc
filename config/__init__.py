"""How the parts are put together: settings, URLs, the API, the Celery app."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

"""Every address of the product: pages by app, the API under /api/v1/, health for machines."""

from django.urls import include, path

from config import health

handler500 = "config.api.server_error"

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/", include("config.api_urls")),  # before the pages: programs ask far more often
    path("", include("entities.urls")),
    path("", include("screening.urls")),
    path("", include("evidence.urls")),
]

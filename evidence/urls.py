"""The addresses of the pages of this app."""

from django.urls import path

from evidence.views import review

urlpatterns = [
    path("cases/<int:pk>/review/", review.case_review, name="case-review"),
]

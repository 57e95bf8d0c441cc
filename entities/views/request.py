"""What a view of this product is asked with."""

from django.http import HttpRequest

from entities.models import User


class SignedInRequest(HttpRequest):
    """A request behind the sign-in: ``LoginRequiredMiddleware`` lets nobody else through."""

    user: User

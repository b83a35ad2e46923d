"""What staff typed into a form of the desk and did not send, in its boxes again (``accounts.drafts`` tells how).

Promises: it is the writer's own, bound to the address of the page; an open desk must have said who asks.
"""

from typing import TypeVar

from django.forms import BaseForm
from django.http import HttpRequest

from carespace.accounts import drafts
from carespace.accounts.models import User
from carespace.ui.keeping import refill

SomeForm = TypeVar("SomeForm", bound=BaseForm)


def refilled(request: HttpRequest, form: SomeForm) -> SomeForm:
    """Return ``form`` with what was typed at this page before; one that was sent shows what was sent."""
    refill(form, drafts.restore(user=_writer(request), place=request.path))
    return form


def done(request: HttpRequest) -> None:
    """Forget what was typed at this page: the form has done its work."""
    drafts.drop(user=_writer(request), place=request.path)


def _writer(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError(type(request.user))
    return request.user

"""The dependencies of the routes: the ``Desk``, and the person who sent the request, after a check of their role and
limits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ui.api.desk import Desk
from ui.api.faults import RequestRefused
from ui.api.forms import Fault
from ui.api.limits import Questions
from ui.api.people import Person
from ui.web.roles import VisitorRole

TOLD = {
    400: "It cannot be done as it was asked",
    401: "No token that is known",
    403: "The role does not allow it",
    404: "There is no such thing here",
    409: "Somebody else is writing",
    413: "Too large",
    422: "The request does not hold",
    429: "Too many at a time",
    503: "Too many wait, or a model is away",
}
FAULTS: dict[int | str, dict[str, Any]] = {
    status: {"model": Fault, "description": told} for status, told in TOLD.items()
}

# The guard has looked at the token before; this puts it into the OpenAPI.
_bearer = HTTPBearer(auto_error=False, description="A token of the file that `pushback serve --tokens` names.")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


def desk_of(request: Request) -> Desk:
    """A FastAPI dependency that returns the ``Desk`` (the open libraries and the queue of requests) of the application
    that received the request."""
    desk: Desk = request.app.state.desk
    return desk


def at_least(role: VisitorRole) -> Callable[..., Person]:
    """Make a FastAPI dependency that returns the person who sent a request. It raises ``RequestRefused`` (status 403)
    if the role of the person is below ``role``."""

    def person(
        request: Request,
        _: Bearer = None,
    ) -> Person:
        found: Person = request.scope["person"]
        if found.role < role:
            who = "an editor" if role is VisitorRole.EDITOR else f"a {role.name.lower()}"
            raise RequestRefused(
                403, f"This needs the role of {who}.", hint="Whoever runs Pushback can give it to the token."
            )
        return found

    return person


reader = at_least(VisitorRole.READER)
editor = at_least(VisitorRole.EDITOR)


def questioner(
    request: Request,
    _: Bearer = None,
) -> Person:
    """A FastAPI dependency that returns the person who asks a question, and counts the question. ``_`` is not used; it
    makes the OpenAPI description say that a token is needed.

    Raises:
        RequestRefused: the person has no role that may ask, or has asked too many questions in the last minute.
    """
    found = reader(request)
    questions: Questions = request.app.state.questions
    questions.count(found)
    return found

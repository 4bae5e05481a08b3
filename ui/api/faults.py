"""Errors as the API reports them: a status, what happened, and what the client can do. Responses never hold a
traceback."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from assistant import errors
from assistant.errors import PushbackError
from assistant.plainly import unfit
from ui.views import present_error
from ui.work.jobs import BUG, LOG

OF_OPENAI = ("/v1/chat/", "/v1/models")  # paths whose clients read errors as OpenAI tells them
DESCRIBED = "GET /openapi.json says what can be sent."

STATUS: dict[type[PushbackError], int] = {
    errors.SettingsError: 400,
    errors.SourceError: 400,
    errors.LibraryMissing: 404,
    errors.DocumentMissing: 404,
    errors.LibraryLocked: 409,
    errors.LibraryFull: 507,
    errors.LibraryError: 503,
    errors.ModelUnavailable: 503,
    errors.ModelBusy: 503,
    errors.ModelError: 502,
    PushbackError: 500,
}
HINTS: dict[type[PushbackError], str] = {
    errors.SettingsError: DESCRIBED,
    errors.LibraryMissing: "POST documents to /v1/ingest first, or name another library; GET /v1/models lists them.",
    errors.DocumentMissing: "GET /v1/documents lists those there are.",
    errors.ModelError: "Try again, or tell whoever runs Pushback.",
}
OF_STATUS = {
    401: "Send a token, as in Authorization: Bearer TOKEN.",
    404: DESCRIBED,
    405: DESCRIBED,
    413: "Send less at a time.",
}


class RequestRefused(PushbackError):
    """Raised if the API refuses a request. ``status`` is the HTTP status of the response. ``after`` is the number of
    seconds after which the client may try again, None if unknown."""

    def __init__(self, status: int, message: str, *, hint: str | None = None, after: int | None = None) -> None:
        """``after`` is a number of seconds. Without a ``hint``, the usual hint for ``status`` is used."""
        super().__init__(message, hint=OF_STATUS.get(status, "") if hint is None else hint)
        self.status, self.after = status, after


class JsonReply(JSONResponse):
    """A JSON response in ASCII. Every character outside of ASCII is written as an escape sequence of JSON, since a text
    may contain characters that UTF-8 cannot encode, such as half of a surrogate pair."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()


def described(error: PushbackError) -> dict[str, str]:
    """An error as a JSON object with the fields ``error`` and ``hint``, as the commands of Pushback print it, too. A
    hint that is meant for the command line is replaced by a hint for clients of the HTTP API."""
    return {"error": error.summary, "hint": present_error.todo(error.hint, type(error), HINTS)}


def refusal(path: str, error: PushbackError) -> JsonReply:
    """The response that reports ``error`` to a client that requested ``path``. If ``path`` belongs to the OpenAI API,
    the response has the form that OpenAI's clients expect."""
    status = (
        error.status
        if isinstance(error, RequestRefused)
        else next(STATUS[k] for k in type(error).__mro__ if k in STATUS)
    )
    after = error.after if isinstance(error, RequestRefused) else None
    headers = {"Retry-After": str(after)} if after else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return _error_reply(path, status, described(error), headers)


def install(app: FastAPI) -> None:
    """Register exception handlers on the app. They report every error as a JSON object with the fields ``error`` and
    ``hint``, or in OpenAI's form if the requested path belongs to the OpenAI API."""

    @app.exception_handler(PushbackError)
    async def _ours(request: Request, error: PushbackError) -> JsonReply:
        return refusal(request.url.path, error)

    @app.exception_handler(RequestValidationError)
    async def _unfit(request: Request, error: RequestValidationError) -> JsonReply:
        sent = [  # the first says that it is of the body; of what is no JSON, the rest counts characters
            {**one, "loc": () if one["type"] == "json_invalid" else one["loc"][1:]} for one in error.errors()
        ]
        told = {"error": f"The request does not hold: {'; '.join(unfit(sent, 'what was sent'))}.", "hint": DESCRIBED}
        return _error_reply(request.url.path, 422, told, {})

    @app.exception_handler(HTTPException)
    async def _refused(request: Request, error: HTTPException) -> JsonReply:
        told = {"error": f"{error.detail.rstrip('.')}.", "hint": OF_STATUS.get(error.status_code, DESCRIBED)}
        return _error_reply(request.url.path, error.status_code, told, error.headers or {})

    @app.exception_handler(Exception)
    async def _bug(request: Request, _: Exception) -> JsonReply:
        """Report a bug with the status 500. Starlette raises the exception again afterwards, so that it is logged."""
        return _error_reply(request.url.path, 500, {"error": BUG, "hint": LOG}, {})


def of_openai(told: Mapping[str, str], status: int) -> dict[str, Any]:
    """An error in the form that clients of the OpenAI API expect. ``told`` has the keys ``error`` and ``hint``;
    ``status`` is the HTTP status."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    message = f"{told['error']} {told['hint']}".strip()
    return {"error": {"message": message, "type": kind, "param": None, "code": status, "hint": told["hint"]}}


def _error_reply(path: str, status: int, told: dict[str, str], headers: Mapping[str, str]) -> JsonReply:
    content = of_openai(told, status) if path.startswith(OF_OPENAI) else told
    return JsonReply(content, status, dict(headers))

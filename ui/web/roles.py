"""What a visitor may do with a library: the settings name people by what their sign-in token says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from assistant.settings import Settings


class VisitorRole(IntEnum):
    """The roles; each may do everything that those before it may."""

    NONE = 0  # sees nothing
    READER = 1  # asks, tests ideas and reads documents
    EDITOR = 2  # adds, replaces and removes documents
    OWNER = 3  # re-indexes and checks the library, runs suites, and names folders of the server where that is allowed


def of(token: Mapping[str, object] | None, settings: Settings, *, here: bool) -> VisitorRole:
    """The role of a visitor with this sign-in token; without a token, the app has no sign-in. ``here`` says that they
    are at the serving machine."""
    if token is None:
        return VisitorRole.OWNER if here else VisitorRole[settings.everyone.upper()]
    lists = (
        (VisitorRole.OWNER, settings.owners),
        (VisitorRole.EDITOR, settings.editors),
        (VisitorRole.READER, settings.readers),
    )
    return next(
        (role for role, names in lists if any(_is_named(name, token) for name in names)),
        VisitorRole[settings.everyone.upper()],
    )


def _is_named(name: str, token: Mapping[str, object]) -> bool:
    """Whether it is the token's subject, alone or after its issuer and a space, or ``claim=value`` of it."""
    subject = token.get("sub")
    if subject and name in (subject, f"{token.get('iss')} {subject}"):
        return True
    claim, is_claim, wanted = name.partition("=")
    value = token.get(claim)
    if not is_claim or (claim == "email" and token.get("email_verified") is False):
        return False
    return wanted in value if isinstance(value, list | tuple) else isinstance(value, str) and wanted == value

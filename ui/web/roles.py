"""The roles of visitors. The settings assign roles to the people whom sign-in tokens identify. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from assistant.settings import Settings


class VisitorRole(IntEnum):
    """The roles of visitors, in ascending order. A visitor with a role may do everything that lower roles may do."""

    NONE = 0  # sees nothing
    READER = 1  # asks, tests ideas and reads documents
    EDITOR = 2  # adds, replaces and removes documents
    OWNER = 3  # re-indexes and checks the library, runs suites, and names folders of the server where that is allowed


def of(token: Mapping[str, object] | None, settings: Settings, *, here: bool) -> VisitorRole:
    """The role of a visitor. ``token`` has the claims of the visitor's sign-in token; None means that the app has no
    sign-in.

    With a token, the result is the highest role for which the settings name the visitor. Without a token, a visitor at
    this machine (``here``) has the role of owner. All other visitors have the role in the setting ``everyone``.
    """
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
    """Whether the entry ``name`` of a list in the settings matches the token. An entry is a subject, an issuer and a
    subject separated by a space, or ``claim=value``."""
    subject = token.get("sub")
    if subject and name in (subject, f"{token.get('iss')} {subject}"):
        return True
    claim, is_claim, wanted = name.partition("=")
    value = token.get(claim)
    if not is_claim or (claim == "email" and token.get("email_verified") is False):
        return False
    return wanted in value if isinstance(value, list | tuple) else isinstance(value, str) and wanted == value

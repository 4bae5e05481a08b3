"""What a visitor may do, by the settings and the token of their sign-in."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.settings import Settings, load
from ui.web import roles
from ui.web.roles import VisitorRole

NAMED = Settings(owners=("boss-1",), editors=("groups=writers", "email=ann@house.example"), readers=("https://id r-7",))


@pytest.mark.parametrize(
    ("token", "role"),
    [
        ({"sub": "boss-1"}, VisitorRole.OWNER),
        ({"sub": "x", "groups": ["sales", "writers"]}, VisitorRole.EDITOR),
        ({"sub": "x", "groups": "writers"}, VisitorRole.EDITOR),
        ({"sub": "x", "groups": "ghostwriters"}, VisitorRole.READER),
        ({"sub": "x", "email": "ann@house.example"}, VisitorRole.EDITOR),
        ({"sub": "x", "email": "ann@house.example", "email_verified": True}, VisitorRole.EDITOR),
        ({"sub": "boss-1", "groups": ["writers"]}, VisitorRole.OWNER),
        ({"sub": ["boss-1"]}, VisitorRole.READER),
        ({"name": "boss-1"}, VisitorRole.READER),
        ({}, VisitorRole.READER),
    ],
)
def test_a_subject_or_a_claim_of_the_token_has_the_highest_role_that_names_it(
    token: dict[str, Any], role: VisitorRole
) -> None:
    assert roles.of(token, NAMED, here=False) is role
    assert roles.of(token, NAMED, here=True) is role


def test_an_address_that_nobody_verified_names_nobody() -> None:
    assert (
        roles.of({"sub": "x", "email": "ann@house.example", "email_verified": False}, NAMED, here=False)
        < VisitorRole.EDITOR
    )


@pytest.mark.parametrize(("issuer", "role"), [("https://id", VisitorRole.READER), ("https://other", VisitorRole.NONE)])
def test_a_subject_can_be_named_with_its_issuer(issuer: str, role: VisitorRole) -> None:
    closed = NAMED.model_copy(update={"everyone": "none"})

    assert roles.of({"iss": issuer, "sub": "r-7"}, closed, here=False) is role


@pytest.mark.parametrize("everyone", ["none", "reader", "editor", "owner"])
def test_without_signing_in_who_is_at_the_machine_owns_it_and_others_have_the_role_of_everyone(everyone: Any) -> None:
    settings = Settings(everyone=everyone)

    assert roles.of(None, settings, here=True) is VisitorRole.OWNER
    assert roles.of(None, settings, here=False) is VisitorRole[everyone.upper()]


def test_people_are_named_in_the_environment_with_commas() -> None:
    settings = load({}, environ={"PUSHBACK_EDITORS": "groups=writers, ann", "PUSHBACK_EVERYONE": "none"})

    assert (settings.editors, settings.everyone) == (("groups=writers", "ann"), "none")

"""What a visitor may do, by the settings and the token of their sign-in."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.settings import Settings, load
from ui.web import roles
from ui.web.roles import Role

NAMED = Settings(owners=("boss-1",), editors=("groups=writers", "email=ann@house.example"), readers=("https://id r-7",))


@pytest.mark.parametrize(
    ("token", "role"),
    [
        ({"sub": "boss-1"}, Role.OWNER),
        ({"sub": "x", "groups": ["sales", "writers"]}, Role.EDITOR),
        ({"sub": "x", "groups": "writers"}, Role.EDITOR),
        ({"sub": "x", "groups": "ghostwriters"}, Role.READER),
        ({"sub": "x", "email": "ann@house.example"}, Role.EDITOR),
        ({"sub": "x", "email": "ann@house.example", "email_verified": True}, Role.EDITOR),
        ({"sub": "boss-1", "groups": ["writers"]}, Role.OWNER),
        ({"sub": ["boss-1"]}, Role.READER),
        ({"name": "boss-1"}, Role.READER),
        ({}, Role.READER),
    ],
)
def test_a_subject_or_a_claim_of_the_token_has_the_highest_role_that_names_it(
    token: dict[str, Any], role: Role
) -> None:
    assert roles.of(token, NAMED, here=False) is role
    assert roles.of(token, NAMED, here=True) is role


def test_an_address_that_nobody_verified_names_nobody() -> None:
    assert (
        roles.of({"sub": "x", "email": "ann@house.example", "email_verified": False}, NAMED, here=False) < Role.EDITOR
    )


@pytest.mark.parametrize(("issuer", "role"), [("https://id", Role.READER), ("https://other", Role.NONE)])
def test_a_subject_can_be_named_with_its_issuer(issuer: str, role: Role) -> None:
    closed = NAMED.model_copy(update={"everyone": "none"})

    assert roles.of({"iss": issuer, "sub": "r-7"}, closed, here=False) is role


@pytest.mark.parametrize("everyone", ["none", "reader", "editor", "owner"])
def test_without_signing_in_who_is_at_the_machine_owns_it_and_others_have_the_role_of_everyone(everyone: Any) -> None:
    settings = Settings(everyone=everyone)

    assert roles.of(None, settings, here=True) is Role.OWNER
    assert roles.of(None, settings, here=False) is Role[everyone.upper()]


def test_people_are_named_in_the_environment_with_commas() -> None:
    settings = load({}, environ={"PUSHBACK_EDITORS": "groups=writers, ann", "PUSHBACK_EVERYONE": "none"})

    assert (settings.editors, settings.everyone) == (("groups=writers", "ann"), "none")

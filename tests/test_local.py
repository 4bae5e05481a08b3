"""Who is at this machine itself."""

from __future__ import annotations

import pytest

from ui.web import local

OWN = {"Host": "127.0.0.1:8501", "Origin": "http://127.0.0.1:8501"}


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "LOCALHOST:8501", "[::1]:8501", "[::1]"])
def test_who_asks_for_this_machine_from_it_is_at_it(host: str) -> None:
    assert local.is_local("127.0.0.1", {"host": host})
    assert local.is_local("::1", {"HOST": host})


@pytest.mark.parametrize("peer", ["192.168.1.5", "8.8.8.8", "::ffff:8.8.8.8", "", None, "nobody"])
def test_who_comes_from_another_address_is_not(peer: str | None) -> None:
    assert not local.is_local(peer, OWN)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8501", "localhost.evil.example", "", "[::2]"])
def test_who_asks_for_another_name_is_not(host: str) -> None:
    assert not local.is_local("127.0.0.1", {"Host": host})


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "Forwarded", "Via", "X-Real-IP"]
)
def test_what_a_proxy_passed_on_is_not(header: str) -> None:
    assert not local.is_local("127.0.0.1", {**OWN, header: "127.0.0.1"})


def test_without_a_name_nobody_is() -> None:
    assert not local.is_local("127.0.0.1", {})
    assert not local.is_local("127.0.0.1", {"Host": "localhost", "host": "localhost"})

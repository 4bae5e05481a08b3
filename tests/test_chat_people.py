"""Who sees the chat page, and whose conversations are whose."""

from __future__ import annotations

import pytest
import streamlit
from streamlit.errors import StreamlitAuthError

from assistant.library.library import Library
from tests.chat import address, answered, cite, keep, opened, press, shown

pytestmark = pytest.mark.usefixtures("at_this_machine", "the_words_embedder")


class Visitor(dict[str, object]):
    """Who Streamlit says has signed in."""


def signed_in(monkeypatch: pytest.MonkeyPatch, **claims: object) -> None:
    auth = {"cookie_secret": "c", "client_id": "x", "acme_id": {"client_id": "y"}}
    monkeypatch.setattr(streamlit, "secrets", {"auth": auth})
    monkeypatch.setattr(streamlit, "user", Visitor(claims))


def test_each_users_conversations_are_theirs_alone(orchard: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys = keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October.")))
    signed_in(monkeypatch, is_logged_in=True, iss="https://id.example", sub="1", name="<b>Ann")
    ann = opened()
    ann.chat_input[0].set_value("How many pear trees has the orchard?").run()
    anns = address(ann)["conversation"]
    assert "Signed in as &lt;b&gt;Ann" in shown(ann)

    signed_in(monkeypatch, is_logged_in=True, iss="https://id.example", sub="2", name="Bob")
    for conversation in (anns, nobodys):
        bob = opened(conversation=conversation)
        assert "There is no conversation" in shown(bob)
        assert "pear" not in shown(bob).replace("appear", "")
        assert not [one for one in bob.button if str(one.key).startswith("conversation-")]
        bob.run()

    signed_in(monkeypatch, is_logged_in=True, iss="https://id.example", sub="1")
    assert "ninety pear trees" in shown(opened(conversation=anns))


def test_who_has_not_signed_in_sees_nothing_else(orchard: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    conversation = keep(orchard, answered(cite(orchard, "cider.txt", "Cider is pressed in October.")))
    signed_in(monkeypatch, is_logged_in=False)

    page = opened(conversation=conversation, cited="1.1")

    assert "Sign in to ask the documents" in shown(page)
    assert "Cider" not in shown(page)
    assert [one.label for one in page.button] == ["Sign in", "Sign in with Acme\\_id"]
    assert not page.chat_input

    def unset(_: object) -> None:
        raise StreamlitAuthError("Authlib is <b>not there</b>.\nMore.")

    monkeypatch.setattr(streamlit, "login", unset)
    page = press(page, "Sign in")
    assert "Signing in does not work." in shown(page)
    assert "Authlib" not in shown(page)  # a library's words are for the log

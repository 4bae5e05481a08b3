"""What of an address is told, and that no notice tells more."""

from __future__ import annotations

import pytest

from assistant import addresses
from assistant.errors import ModelError, SettingsError
from assistant.model import providers
from assistant.model.chat import Model
from assistant.settings import Settings
from tests.fakes import FakeChat

NAMED = "http://ann:hunter2@127.0.0.1:9/v1?key=s3cret#small"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("http://ann:secret@host:8/v1#small", "http://…@host:8/v1#small"),
        ("http://ann:p@ss@host/v1", "http://…@host/v1"),
        ("https://host/v1?api_key=secret&b=secret#small", "https://host/v1?…#small"),
        ("The model 'https://host/v1?api_key=secret' is away.", "The model 'https://host/v1?…' is away."),
        ("https://host/v1#small", "https://host/v1#small"),
        ("openai:gpt", "openai:gpt"),
        ("Does R&D ask? Ask ann@host.", "Does R&D ask? Ask ann@host."),
    ],
)
def test_what_can_be_a_key_in_an_address_is_left_out(text: str, told: str) -> None:
    assert addresses.without_secrets(text) == told
    assert addresses.hides(text) == (told != text)


def test_no_error_of_a_model_tells_its_password() -> None:
    settings = Settings(model=NAMED)
    errors: list[Exception] = [
        providers.translated(OSError(f"nothing at {NAMED}"), NAMED),
        SettingsError(f"The model {NAMED!r} is no address.", hint=f"Write {NAMED}."),
    ]
    with pytest.raises(ModelError) as raised:
        providers.open_chat(NAMED.partition("#")[0], seconds=1, most_tokens=1)

    told = " ".join(f"{error} {getattr(error, 'hint', '')}" for error in [*errors, raised.value])
    told += Model(settings, FakeChat(replies=[])).name
    assert "127.0.0.1:9" in told
    assert not [secret for secret in ("hunter2", "s3cret") if secret in told]

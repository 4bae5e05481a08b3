"""The people who may use the API. A TOML file names them and their tokens; without a file, only the user of this
machine may.

```toml
[ann]
token = "a long random text"    # or sha256 = "…", its hash in hexadecimal
role = "editor"                 # reader (the default), editor or owner
libraries = ["europe"]          # besides the default library; "*" for all
```
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from assistant.errors import SettingsError
from assistant.plainly import unfit, why
from assistant.settings import Settings
from ui.web import local
from ui.web.roles import VisitorRole

SHORTEST = 20  # characters of a token: at random, 20 letters and digits have some 100 bits
EVERY = "*"


class Person(NamedTuple):
    """A person who may use the API. ``name`` is None for the user of this machine. ``libraries`` has the names of the
    libraries that the person may use; None means all libraries."""

    name: str | None
    role: VisitorRole
    libraries: frozenset[str] | None = None

    @property
    def owner(self) -> str | None:
        """The unique name under which this person's conversations, verdicts and jobs are stored; None for the user of
        this machine."""
        return None if self.name is None else f"token {self.name}"

    def reaches(self, library: str) -> bool:
        """Whether this person may use the library with this name."""
        return self.libraries is None or library in self.libraries


HERE = Person(None, VisitorRole.OWNER)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    token: Annotated[SecretStr, Field(min_length=SHORTEST)] | None = None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    role: Literal["reader", "editor", "owner"] = "reader"
    libraries: tuple[str, ...] = ()

    def hashed(self) -> str | None:
        """The SHA-256 of the token in hexadecimal; None unless the entry has exactly one of ``token`` and
        ``sha256``."""
        if (self.token is None) == (self.sha256 is None):
            return None
        return self.sha256 or _hash(self.token.get_secret_value() if self.token else "")


class People:
    """The people who may use the API. A person is looked up by the hash of their token and not by the token itself, so
    that response times reveal nothing about the tokens."""

    def __init__(self, by_hash: Mapping[str, Person]) -> None:
        self._by_hash = by_hash

    def __bool__(self) -> bool:
        return bool(self._by_hash)

    def find(self, peer: str | None, headers: Mapping[str, str]) -> Person | None:
        """The person whose token is in the Authorization header of a request; None if the token is missing or unknown.

        If nobody has a token, only the user of this machine may use the API: then the result is this user if the
        request comes from this machine, else None. ``peer`` is the IP address that the request comes from.
        """
        if not self._by_hash:
            return HERE if local.is_local(peer, headers) else None
        scheme, _, token = headers.get("authorization", "").partition(" ")
        return self._by_hash.get(_hash(token.strip())) if scheme.lower() == "bearer" else None


def read(settings: Settings) -> People:
    """Read the people who may use the API from the file that the setting ``api_tokens`` names. If the setting names no
    file, the result is empty, and only the user of this machine may use the API.

    Raises:
        SettingsError: the file cannot be read, or one of its entries is invalid.
    """
    path = settings.api_tokens
    if path is None:
        return People({})
    entries = _entries(path.expanduser())
    found: dict[str, Person] = {}
    for name, entry in entries.items():
        key = entry.hashed()
        if key is None or key in found:
            what = "has one token, or its sha256" if key is None else "has a token of their own"
            raise SettingsError(f"In {path}, {name} is wrong.", hint=f"Each {what}.")
        libraries = None if EVERY in entry.libraries else frozenset({settings.library, *entry.libraries})
        found[key] = Person(name, VisitorRole[entry.role.upper()], libraries)
    if not found:
        raise SettingsError(f"{path} names nobody.", hint='Write [ann], and below it token = "a long random text".')
    return People(found)


def are_seen_by_others(path: Path) -> bool:
    """Whether other users of this machine can read tokens in this file: it holds tokens in plain text, and its
    permissions do not exclude other users. Always false on Windows."""
    is_open = os.name != "nt" and path.expanduser().stat().st_mode & 0o077
    return bool(is_open) and any(entry.token for entry in _entries(path.expanduser()).values())


def _entries(path: Path) -> dict[str, _Entry]:
    try:
        told: Any = tomllib.loads(path.read_text("utf-8"))
        return TypeAdapter(dict[str, _Entry]).validate_python(told)
    except ValidationError as exc:  # its own words would repeat what was typed, which may be a token
        faults = "; ".join(unfit(exc.errors(include_input=False), "the file"))
        hint = f"Each has a token of at least {SHORTEST} characters, and may have a role and libraries."
        raise SettingsError(f"The tokens in {path} do not hold: {faults}.", hint=hint) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as exc:
        what = why(exc) if isinstance(exc, OSError) else "it is no TOML in UTF-8"
        raise SettingsError(f"The tokens in {path} cannot be read: {what}.", hint="Check the file.") from None


def _hash(token: str) -> str:
    return sha256(token.encode(errors="replace")).hexdigest()

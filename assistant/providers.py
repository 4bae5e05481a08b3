"""A model's name to a LangChain chat model: the one module that names a provider. Everything heavy is imported late.

```text
openai:gpt-… anthropic:… ollama:…   any name of LangChain's init_chat_model
http://host:port/v1#NAME            an OpenAI-compatible server; without #NAME, the first model that it serves
gguf:PATH                           a local file, served in this process through xllamacpp, on loopback
```

Keys are read from the environment only (Streamlit puts its secrets there): by the provider's own variable, and for
a server by address from ``PUSHBACK_API_KEY``, so that nobody's OpenAI key is sent to another host.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from assistant.addresses import without_secrets
from assistant.errors import (
    ContextTooLong,
    ModelBusy,
    ModelDenied,
    ModelError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    ReplyCut,
    RequestInvalid,
    SettingsError,
)

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel

KEY = "PUSHBACK_API_KEY"
SMALL = 1_000_000_000  # parameters below which a model is not asked for a schema: see eval/benchmarks/writing.py
CONTEXT = 4_096  # tokens of context that a local file is served with: 12 sentences in their passages take about 2,500
NEEDED = {  # extra → the package that it brings
    "openai": "langchain_openai",
    "anthropic": "langchain_anthropic",
    "ollama": "langchain_ollama",
    "gguf": "xllamacpp",
}
ADDRESS = re.compile(r"https?://[^\s#]+(#\S+)?")
_CONTEXT = re.compile(r"context (?:size|length|window)|exceed_context|prompt is too long|maximum .*tokens", re.I)


class Facts(NamedTuple):
    """What is known of a model; None where nobody says."""

    context: int | None = None  # tokens
    structured: bool | None = None
    parameters: int | None = None


class Served(NamedTuple):
    """A chat model and what is known of it."""

    chat: BaseChatModel
    facts: Facts


def check(name: str) -> None:
    """Whether ``name`` can be a model here; nothing is loaded and nobody is asked.

    Raises:
        SettingsError: it is no model's name, or there is no such file.
        ModelUnavailable: what its provider needs is not installed; the hint has the line that installs it.
    """
    kind, _, rest = name.partition(":")
    if kind == "gguf":
        if not Path(rest).expanduser().is_file():
            raise SettingsError(f"There is no model file {rest or '(no path given)'}.", hint="Write gguf:PATH.gguf.")
        _need("gguf")
        _need("openai", of="gguf")
    elif kind in ("http", "https"):
        if not ADDRESS.fullmatch(name):
            raise SettingsError(f"The model {name!r} is no address.", hint="Write http://host:port/v1#model-name.")
        _need("openai")
    elif kind in NEEDED:
        _need(kind)
        if not rest:
            raise SettingsError(f"The model {name!r} has no name after its provider.", hint=f"Write {kind}:NAME.")


def shown(name: str) -> str:
    """The name as people are told it: of a file its own name, without the folders above it; of an address no key."""
    return f"gguf:{Path(name).name}" if name.startswith("gguf:") else without_secrets(name)


def open_chat(name: str, *, seconds: float, most_tokens: int) -> Served:
    """The chat model of this name; ``seconds`` bound each wait for it, ``most_tokens`` each reply.

    Raises:
        SettingsError, ModelUnavailable: as ``check`` does, or the server does not say what it serves.
    """
    check(name)
    kind, _, rest = name.partition(":")
    limits: dict[str, Any] = {"timeout": seconds, "max_retries": 0, "max_tokens": most_tokens}
    if kind == "gguf":
        address, key = _serve(str(Path(rest).expanduser().resolve()))
        served = _compatible(f"{address}/v1", "local", key, limits)
        return served._replace(facts=served.facts._replace(context=CONTEXT))
    if kind in ("http", "https"):
        address, _, model = name.partition("#")
        return _compatible(address, model, os.environ.get(KEY, ""), limits)
    from langchain.chat_models import init_chat_model

    if kind == "ollama":
        limits = {"num_predict": most_tokens, "client_kwargs": {"timeout": seconds}}
    try:
        chat: Any = init_chat_model(name, **limits)
    except ImportError as exc:
        raise ModelUnavailable(f"The model {name!r} cannot be used: {exc}.", hint="Install what it names.") from exc
    except ValueError as exc:  # pydantic's is one; so is an unknown provider
        told = str(exc).splitlines()[0]
        hint = "Write provider:name, as in openai:gpt-5-mini, and set the provider's key in the environment."
        raise SettingsError(f"The model {name!r} cannot be used: {told}.", hint=hint) from exc
    except Exception as exc:  # a provider's own way to say that its key is missing
        raise translated(exc, name) from exc
    known: dict[str, Any] = dict(chat.profile or {})
    structured = known.get("structured_output") or known.get("tool_calling")
    return Served(chat, Facts(known.get("max_input_tokens"), structured))


def translated(error: Exception, name: str) -> ModelError:
    """A library's exception as one of ours; a bug (a builtin exception that is no OSError) is raised again as it is."""
    if isinstance(error, ModelError):
        return error
    if type(error).__module__ == "builtins" and not isinstance(error, OSError | ValueError):
        raise error
    told = " ".join(str(error).split())[:300]
    kind, what = next((kind, what) for kind, what, holds in _KINDS if holds(error, told))
    return kind(f"{what.format(name)}{f': {told}' if told and kind not in _NEED_NO_MORE else '.'}")


def _is(error: Exception, *named: str, status: tuple[int, ...] = ()) -> bool:
    """Whether it is of one of these classes, LangChain's or a provider's own, or has one of these HTTP statuses."""
    kinds = " ".join(kind.__name__ for kind in type(error).__mro__)
    return any(name in kinds for name in named) or getattr(error, "status_code", 0) in status


_NEED_NO_MORE = (ModelTimeout, ReplyCut)
_KINDS: tuple[tuple[type[ModelError], str, Callable[[Exception, str], bool]], ...] = (
    (
        ContextTooLong,
        "This is longer than the model {} can read",
        lambda e, told: (
            _is(e, "ContextOverflowError")
            or (getattr(e, "status_code", 0) in (0, 400, 413) and bool(_CONTEXT.search(told)))
        ),
    ),
    (ModelRefused, "The model {} refuses", lambda e, _: _is(e, "ContentFilter", "Refusal")),
    (ReplyCut, "The reply of the model {} reached its longest length", lambda e, _: _is(e, "LengthFinishReason")),
    (ModelBusy, "The model {} takes no more calls for now", lambda e, _: _is(e, "RateLimit", status=(429,))),
    (ModelTimeout, "The model {} did not reply in time", lambda e, _: _is(e, "Timeout", status=(408, 504))),
    (
        ModelDenied,
        "The model {} cannot be used",
        lambda e, _: _is(e, "Authentication", "PermissionDenied", "NotFound", status=(401, 403, 404)),
    ),
    (
        RequestInvalid,
        "The model {} rejects the request",
        lambda e, _: _is(e, "InvalidRequest", "BadRequest", status=(400, 405, 413, 415, 422)),
    ),
    (ModelUnavailable, "The model {} cannot be reached", lambda *_: True),
)


def _compatible(address: str, model: str, key: str, limits: dict[str, Any]) -> Served:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    try:
        told = _told(address, model, key, limits["timeout"])
    except ModelUnavailable:
        if not model:
            raise
        told = {}  # what is not known of it is not needed, and the first call tells what is wrong
    model = model or str(told.get("id") or "")
    meta: dict[str, Any] = told.get("meta") or {}
    chat = ChatOpenAI(
        base_url=address,
        api_key=SecretStr(key or "none"),
        model=model,
        temperature=0,  # so that the same evidence gives the same answer
        stream_usage=True,
        use_responses_api=False,
        **limits,
    )
    return Served(chat, Facts(told.get("max_model_len") or meta.get("n_ctx_train"), None, meta.get("n_params")))


def _told(address: str, model: str, key: str, seconds: float) -> dict[str, Any]:
    """What a server says of this model, or of the first that it serves.

    Raises:
        ModelUnavailable: it cannot be reached, or serves none.
    """
    import httpx

    try:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        reply = httpx.get(f"{address}/models", headers=headers, timeout=min(seconds, 10))
        reply.raise_for_status()
        served: list[dict[str, Any]] = reply.json()["data"]
        return next((one for one in served if one.get("id") == model), served[0])
    except httpx.HTTPError as exc:
        hint = f"Check the address, and {KEY} if the server asks for a key."
        raise ModelUnavailable(f"The model server {address} cannot be reached: {exc}", hint=hint) from exc
    except (ValueError, LookupError, TypeError, AttributeError) as exc:
        raise ModelUnavailable(f"{address} does not say what it serves.", hint=f"Write {address}#NAME.") from exc


@cache
def _serve(path: str) -> tuple[str, str]:
    """Serve the file on loopback, once, as long as this process lives; its address and the key it asks for."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.model_alias = {"local"}
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    threads = max(1, (os.cpu_count() or 2) - 1)  # with all of them it spins where anybody else works, and is far slower
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.warmup = False
    params.verbosity = -1
    params.api_keys = [secrets.token_urlsafe()]
    params.ui = False
    try:
        server = xllamacpp.Server(params)
    except RuntimeError as exc:
        raise ModelUnavailable(f"The model file {path} cannot be served: {exc}.", hint="Is it a GGUF file?") from exc
    _SERVERS.append(server)
    return str(server.listening_address), params.api_keys[0]


_SERVERS: list[Any] = []  # what is served stops when nobody holds it


def _need(extra: str, *, of: str | None = None) -> None:
    if find_spec(NEEDED[extra]) is None:
        raise ModelUnavailable(
            f"The package {NEEDED[extra]}, which this model needs, is not installed.",
            hint=f'Run `pip install "pushback[{of or extra}]"`.',
        )

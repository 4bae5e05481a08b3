"""Turns text into vectors by calling a server that has OpenAI's ``/embeddings`` interface, such as
text-embeddings-inference, vLLM or Ollama.

The setting ``embedding_model`` has its address: ``http://host:port/v1#NAME``. A server does not say which weights it
uses, so a library compares the server's vectors with its own (``library/guard.py``). A server returns one vector for
each text, so each sentence is embedded by itself, as with local models that do not pool by the mean. The key is read
from ``PUSHBACK_EMBEDDING_KEY`` only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.addresses import without_secrets
from assistant.errors import ModelDenied, ModelError, ModelUnavailable, SettingsError
from assistant.model.embedding import BATCH, Embedding, Identity, Vectors, unit
from assistant.model.providers import ADDRESS, EMBEDDING_KEY, translated
from assistant.types import Span

if TYPE_CHECKING:
    from openai import OpenAI

TEXTS = 32  # a request: the most that text-embeddings-inference takes as it comes
TRIES = 4  # after the first; the waits between them come to 8 s, or to what the server asks for
TOO_MUCH = (400, 413, 422)  # how servers say that a request has too many texts, or a text too many tokens
SHORT = 200  # characters: less than any model reads, so that what is wrong is something else
HINT = f"Check the address, the name after its #, that the server runs, and {EMBEDDING_KEY} if it asks for a key."
PROBE = "The vector of this text tells how many dimensions the model has."


class ServedEmbedder:
    """An embedder that calls an embedding model on a server.

    The first call to the server is made when the first text is embedded, or when ``identity`` is read. ``seconds``
    limits how long a request waits for the server. A request that fails for a temporary reason is repeated at most
    ``tries`` times. If the server rejects a batch as too large, the batch is sent in halves; if a single text is too
    long, only its first half is sent.

    Raises:
        SettingsError: the address is invalid, or lacks the model's name.
        ModelError: the server failed; the error's subclass says what kind of failure it is.
    """

    def __init__(self, address: str, seconds: float = 60, tries: int = TRIES) -> None:
        if not ADDRESS.fullmatch(address) or "#" not in address:
            raise SettingsError(
                f"The embedding model {address!r} is no address with a model's name.",
                hint="Write http://host:port/v1#model-name.",
            )
        self._address, self._seconds, self._tries = address, seconds, tries
        self._url, _, self._name = address.partition("#")

    def __reduce__(self) -> tuple[type[ServedEmbedder], tuple[str, float, int]]:
        """Pickle only the address and the limits; another process reads the key and connects for itself."""
        return type(self), (self._address, self._seconds, self._tries)

    @cached_property
    def identity(self) -> Identity:
        """What a library records about the model: the server's address as its name, and the number of dimensions of its
        vectors. The hash of the weights is unknown and therefore empty."""
        return Identity(without_secrets(self._address), "", len(self._asked([PROBE])[0]))

    def embed(self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> Iterator[tuple[int, Embedding]]:
        """Yield a pair for each passage, in the order of ``texts``: its position in ``texts``, and its embedding.
        ``texts`` are the passages' texts; ``sentences`` has the spans of the sentences in each text."""
        for start in range(0, len(texts), BATCH):
            own, spans = texts[start : start + BATCH], sentences[start : start + BATCH]
            parts = [[text[span.start : span.end] for span in theirs] for text, theirs in zip(own, spans, strict=True)]
            found = self._vectors(list(dict.fromkeys([*own, *(part for some in parts for part in some)])))
            for place, (text, some) in enumerate(zip(own, parts, strict=True)):
                stacked = np.array([found[part] for part in some], np.float32).reshape(len(some), len(found[text]))
                yield start + place, Embedding(found[text], stacked)

    def query(self, text: str) -> Vectors:
        """Return the vector of a text that is searched for, such as a question. The vector is an array (dimension,)."""
        return self._vectors([text])[text]

    def _vectors(self, texts: Sequence[str]) -> dict[str, Vectors]:
        """Return a dictionary from each text to its vector.

        Raises:
            ModelUnavailable: a vector has another dimension than the first one had, so the server has another model
                now.
        """
        found: dict[str, Vectors] = {}
        for start in range(0, len(texts), TEXTS):
            some = texts[start : start + TEXTS]
            for text, vector in zip(some, self._asked(some), strict=True):
                if len(vector) != self.identity.dimension:
                    raise ModelUnavailable(
                        f"The embedding server {self.identity.name} gave {len(vector)} dimensions, and "
                        f"{self.identity.dimension} before: it serves another model now.",
                        hint="Let it serve the model that it had, then restart Pushback.",
                    )
                found[text] = vector
        return found

    def _asked(self, texts: Sequence[str]) -> list[Vectors]:
        try:
            return self._request(texts)
        except ModelError as error:
            if getattr(error.__cause__, "status_code", 0) not in TOO_MUCH:
                raise
            if len(texts) > 1:
                half = len(texts) // 2
                return self._asked(texts[:half]) + self._asked(texts[half:])
            if len(texts[0]) <= SHORT:
                raise
            return self._asked([texts[0][: len(texts[0]) // 2]])

    def _request(self, texts: Sequence[str]) -> list[Vectors]:
        """Return the vectors of the texts, in their order, from one request to the server.

        Raises:
            ModelError: the request failed; the subclass fits the failure.
        """
        shown = without_secrets(self._address)
        try:
            reply = self._client.embeddings.with_raw_response.create(
                input=list(texts), model=self._name, encoding_format="float"
            )
            return _read(json.loads(reply.text), len(texts))
        except (LookupError, TypeError, ValueError) as exc:  # what it says is no reply
            raise ModelUnavailable(
                f"The embedding server {shown} does not reply as OpenAI's does.",
                hint="Check the address; it most often ends in /v1.",
            ) from exc
        except Exception as exc:
            error = translated(exc, f"of embeddings at {shown}")
            if isinstance(error, ModelDenied | ModelUnavailable):
                error.hint = HINT
            raise error from exc

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI

        key = os.environ.get(EMBEDDING_KEY) or "none"
        return OpenAI(base_url=self._url, api_key=key, timeout=self._seconds, max_retries=self._tries)


def _read(reply: Any, count: int) -> list[Vectors]:
    """Return the vectors in a server's reply, scaled to length 1, in the order of the texts. ``count`` is the number of
    texts.

    Raises:
        LookupError, TypeError, ValueError: the reply does not have ``count`` vectors of numbers.
    """
    given = sorted(reply["data"], key=lambda one: one["index"])
    vectors = np.array([one["embedding"] for one in given], np.float32)
    if vectors.ndim != 2 or len(vectors) != count or not vectors.size or not np.isfinite(vectors).all():
        raise ValueError(f"{len(given)} vectors for {count} texts")
    return list(unit(vectors))

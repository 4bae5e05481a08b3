from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from assistant.evidence.words import stem


def test_threads_stem_at_once_as_one_alone_does() -> None:
    """A stemmer of the library keeps the word it is at."""
    words = [f"{start}{end}" for start in ("pric", "market", "trad", "bak") for end in ("es", "ing", "ed", "er")] * 200
    alone = [stem.__wrapped__(word) for word in words]

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(stem.__wrapped__, words))

    assert together == alone

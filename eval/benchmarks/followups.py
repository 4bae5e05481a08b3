"""Compares our standalone rewrites of follow-up questions with rewrites by people, and measures ours in a search.

    python -m eval.benchmarks.followups --data ../shared/data [--part train] [--other conversation_before.py]

Our rewrites are made by rules, without a model (``conversation.standalone``). The first table is over the data sets in
`followup/`. Recall is the share of the content words added by the person's rewrite that our rewrite adds, too;
precision is the share of the words added by our rewrite that are also in the person's; cosine is the similarity of the
two rewrites. The second table is over `answering/mtrag_un`, which names the passages that answer each question: it
shows how often one of these passages is the first, or among the first 5, that a search for our rewrite finds. "As
typed" is the unchanged question. `--other` is an older `conversation.py` to compare with. The rules are developed on
the train parts and reported on the dev parts.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from assistant.dialogue import conversation
from assistant.model.embedding import SentenceTransformerEmbedder
from assistant.model.offline import stay_offline
from assistant.text.words import content_stems
from assistant.types import Role, Turn

SETS = ("canard", "trec_cast", "mtrag_human")
Rules = Callable[[str, Sequence[Turn]], str]


class Row(NamedTuple):
    """A follow-up question, the earlier turns of the conversation (``history``), and a person's rewrite of the question
    that can be understood without these turns (``gold``).
    """

    question: str
    history: tuple[Turn, ...]
    gold: str


class Brought(NamedTuple):
    """The numbers of content words that rewriting adds to a follow-up question: words that a person's rewrite adds
    (``gold``), words that our rewrite adds (``ours``), and words that both add (``both``).
    """

    gold: int
    ours: int
    both: int


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--part", choices=("train", "dev"), default="dev")
    parser.add_argument("--other", type=Path, help="an older conversation.py to compare with")
    parser.add_argument("--words-only", action="store_true", help="leave out what needs the embedding model")
    given = parser.parse_args()
    rules: dict[str, Rules] = {"as typed": lambda question, _: question}
    if given.other:
        rules["other"] = _rules_of(given.other)
    rules["ours"] = conversation.standalone
    stay_offline()
    embedder = None if given.words_only else SentenceTransformerEmbedder()
    parts = {name: list(_rows(given.data / "followup" / name / f"{given.part}.jsonl")) for name in SETS}
    print(f"{'':24}{'rows':>6}{'recall':>8}{'prec.':>8}{'cosine':>8}{'words+':>8}{'ms':>8}")
    every = list(chain.from_iterable(parts.values()))
    for name, rows in {**parts, "all": every}.items():
        for who, rule in rules.items():
            started = time.perf_counter()
            made = [rule(row.question, row.history) for row in rows]
            each = 1000 * (time.perf_counter() - started) / len(rows)
            gold, ours, both = (sum(column) for column in zip(*map(_brought, rows, made), strict=True))
            cosine = _cosine(embedder, rows, made) if embedder else float("nan")
            shares = f"{both / gold:8.3f}{both / max(ours, 1):8.3f}{cosine:8.3f}{ours / len(rows):8.2f}{each:8.2f}"
            print(f"{name:12}{who:12}{len(rows):6}{shares}")
    if embedder:
        _search(embedder, given.data / "answering" / "mtrag_un", given.part, rules)


def _rules_of(path: Path) -> Rules:
    spec = importlib.util.spec_from_file_location("other_conversation", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    rule: Rules = module.standalone
    return rule


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _turns(line: Mapping[str, Any]) -> tuple[Turn, ...]:
    return tuple(Turn(Role(turn["role"]), turn["text"]) for turn in line["history"])


def _rows(path: Path) -> Iterator[Row]:
    """Yield the follow-up questions of a file; questions without earlier turns are left out."""
    for line in _lines(path):
        if line["history"]:
            yield Row(line["question"], _turns(line), line["standalone"])


def _brought(row: Row, made: str) -> Brought:
    own = set(content_stems(row.question))
    gold, ours = set(content_stems(row.gold)) - own, set(content_stems(made)) - own
    return Brought(len(gold), len(ours), len(gold & ours))


def _cosine(embedder: SentenceTransformerEmbedder, rows: Sequence[Row], made: Sequence[str]) -> float:
    return float(
        np.mean([embedder.query(row.gold) @ embedder.query(text) for row, text in zip(rows, made, strict=True)])
    )


def _search(embedder: SentenceTransformerEmbedder, folder: Path, part: str, rules: Mapping[str, Rules]) -> None:
    """Print how often a search for the rewritten question has an answering passage among the first 1 and 5. ``rules``
    has the functions that rewrite, by name.
    """
    both = [line for name in ("train", "dev") for line in _lines(folder / f"{name}.jsonl")]
    passages = {context["_id"]: context["text"] for line in both for context in line["contexts"]}
    found = embedder.embed(list(passages.values()), [()] * len(passages))
    vectors = np.stack([embedding.passage for _, embedding in sorted(found, key=lambda one: one[0])])
    lines = [line for line in _lines(folder / f"{part}.jsonl") if line["contexts"] and line["history"]]
    print(f"\n{'':24}{'rows':>6}{'hit@1':>8}{'hit@5':>8}   of {len(passages)} passages")
    for who, rule in rules.items():
        first: list[set[str]] = []
        for line in lines:
            ranked = np.argsort(-(vectors @ embedder.query(rule(line["question"], _turns(line)))))[:5]
            answering = {context["_id"] for context in line["contexts"]}
            places = [place for place, index in enumerate(ranked) if list(passages)[index] in answering]
            first.append({name for name, depth in (("1", 1), ("5", 5)) if places and places[0] < depth})
        hits = "".join(f"{np.mean([depth in one for one in first]):8.3f}" for depth in ("1", "5"))
        print(f"{'mtrag_un':12}{who:12}{len(lines):6}{hits}")


if __name__ == "__main__":
    main()

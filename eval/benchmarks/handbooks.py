"""Fills quotes into the suites on companies' handbooks, which store only the places of their quotes; or the reverse.

    python -m eval.benchmarks.handbooks --corpora ../shared/data/corpora --out FOLDER
    python -m eval.benchmarks.handbooks --corpora ../shared/data/corpora --keep SUITE.yaml

``--out`` names the folder to which all these suites are written with their quotes. ``--keep`` names one suite that has
quotes; it is written into ``eval/suites/handbooks`` with the places of its quotes instead.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "suites/handbooks"
GOLD = ("evidence", "supports", "challenges")
Json = dict[str, Any]


def main() -> None:
    """Write all suites on handbooks with their quotes into the folder ``--out``; or, with ``--keep``, store one suite
    with the places of its quotes instead of the quotes.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    for path in [given.keep] if given.keep else sorted(FOLDER.glob("*.yaml")):
        suite = yaml.safe_load(path.read_text("utf-8"))
        corpus = given.corpora / Path(suite["corpus"]).name
        changed = with_gold(suite, lambda gold, c=corpus: placed(gold, c) if given.keep else quoted(gold, c))
        folder = FOLDER if given.keep else given.out
        folder.mkdir(parents=True, exist_ok=True)
        changed["corpus"] = corpus.name if given.keep else str(corpus.resolve())
        text = yaml.safe_dump(changed, allow_unicode=True, sort_keys=False, width=120)
        (folder / path.name).write_text(text, "utf-8")


def with_gold(suite: Json, change: Callable[[Json], Json]) -> Json:
    """The suite with ``change`` applied to each of its gold quotes."""
    cases = [{k: [change(g) for g in v] if k in GOLD else v for k, v in case.items()} for case in suite["cases"]]
    return {**suite, "cases": cases}


def placed(gold: Json, corpus: Path) -> Json:
    """Replace the quote of a gold entry by its place (start and end) in the file; whitespace is ignored.

    Raises:
        ValueError: the quote is not in the file.
    """
    text = (corpus / gold["source"]).read_text("utf-8")
    match = re.search(r"\s+".join(map(re.escape, gold["quote"].split())), text)
    if match is None:
        raise ValueError(f"not in {gold['source']}: {gold['quote'][:60]}")
    return {"source": gold["source"], "at": [match.start(), match.end()]}


def quoted(gold: Json, corpus: Path) -> Json:
    """Replace the place of a gold entry (start and end in its file) by the words that are there."""
    start, end = gold["at"]
    text = (corpus / gold["source"]).read_text("utf-8")
    return {"source": gold["source"], "quote": " ".join(text[start:end].split())}


if __name__ == "__main__":
    main()

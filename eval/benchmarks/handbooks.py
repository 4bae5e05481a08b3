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
    """Write all suites on companies' handbooks to the folder that ``--out`` names, with the words of each quote instead
    of its place in a file. With ``--keep``, do the reverse for the one suite that it names: write this suite to
    ``FOLDER``, where the repository keeps these suites, with the place of each quote instead of its words.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
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
    """Return a copy of the suite in which ``change`` is applied to each gold entry, that is, each quote that a right
    answer cites.
    """
    cases = [{k: [change(g) for g in v] if k in GOLD else v for k, v in case.items()} for case in suite["cases"]]
    return {**suite, "cases": cases}


def placed(gold: Json, corpus: Path) -> Json:
    """Return a gold entry (a quote that a right answer cites) in which the words of the quote are replaced by their
    place in the file: the start and the end, in characters. Differences in whitespace do not matter. ``corpus`` is the
    folder of the files.

    Raises:
        ValueError: the quote is not in the file.
    """
    text = (corpus / gold["source"]).read_text("utf-8")
    match = re.search(r"\s+".join(map(re.escape, gold["quote"].split())), text)
    if match is None:
        raise ValueError(f"not in {gold['source']}: {gold['quote'][:60]}")
    return {"source": gold["source"], "at": [match.start(), match.end()]}


def quoted(gold: Json, corpus: Path) -> Json:
    """Return a gold entry (a quote that a right answer cites) in which the place of the quote (its start and end in the
    file) is replaced by the words at this place. ``corpus`` is the folder of the files.
    """
    start, end = gold["at"]
    text = (corpus / gold["source"]).read_text("utf-8")
    return {"source": gold["source"], "quote": " ".join(text[start:end].split())}


if __name__ == "__main__":
    main()

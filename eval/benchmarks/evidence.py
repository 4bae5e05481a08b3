"""Compares the speed of the network that reads passages for an idea: computing in 8-bit integers, and in 32 bits.

    python -m eval.benchmarks.evidence --data ../shared/data

A pressure test reads about twenty-five passages. The aim is that the 8-bit network reads them in 3 s on two idle cores,
and in half the time that the 32-bit network needs.
"""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path
from statistics import median

import torch
from safetensors.numpy import load_file

from assistant.evidence import base, shipped
from assistant.evidence.network import PassageNetwork
from assistant.evidence.trained import moved
from assistant.model.offline import stay_offline
from eval.benchmarks.measuring import arguments, in_turn, ratio, tell, textbook

PASSAGES, WORDS, ROUNDS = 8, 90, 5  # as many at once as a pressure test reads, with their titles; medians of the rounds


def main() -> None:
    given = arguments(__doc__)
    stay_offline()
    words = " ".join(path.read_text("utf-8") for path in sorted(textbook(given.data).glob("*.md"))[:3]).split()
    texts = [" ".join(words[n * WORDS : (n + 1) * WORDS]) for n in range(PASSAGES)]
    small = shipped.network(shipped.IDEAS)
    with tempfile.TemporaryDirectory() as folder:
        base.unpack(Path(folder))
        large = PassageNetwork(Path(folder))
    moved(large, load_file(shipped.weights(shipped.IDEAS)))
    claims = (f"Advertising is worth what it costs in year {number}." for number in count())

    def read(network: PassageNetwork) -> None:
        claim = next(claims)
        with torch.inference_mode():
            network([network.pair("idea", claim, text, []) for text in texts])

    ways = {"8 bits": lambda: read(small), "32 bits": lambda: read(large.eval())}
    in_turn(1, ways)
    seconds = in_turn(ROUNDS, ways)
    print(f"{PASSAGES} passages: {median(seconds['8 bits']):.2f} s")
    tell("8 bits : 32 bits", ratio(seconds["8 bits"], seconds["32 bits"]), at_most=0.5)


if __name__ == "__main__":
    main()

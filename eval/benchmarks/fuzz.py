"""Reads damaged files of every kind in worker processes, as sync does: each must be read or reported.

    python -m eval.benchmarks.fuzz --files 2400
    python -m eval.benchmarks.fuzz --files 4000 --kind docx
    python -m eval.benchmarks.fuzz --files 84000 --done fuzz.jsonl

Hypothesis damages small sound files (``tests/seeds.py``): it changes, removes, doubles and inserts bytes, in the whole
file or inside one part of a container. These are faults: a reader that raises anything but its own error, one that
crashes its process or takes too long, one that returns no words and does not say so, and a process that still runs at
the end. With ``--done`` each finished batch is noted in a file, and a run that was stopped continues from there. It
needs the test packages.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st
from olefile import OleFileIO, isOleFile

from assistant.errors import SourceError
from assistant.text.introductions import HEADS
from ingest.pipeline.parsing import ParsedFile, Task
from ingest.pipeline.workers import Workers

BATCH = 200  # files between two notes of what is done; Hypothesis slows down over many more
FAULTS = ("its reader failed", "breaks the reader", "takes longer", "more than")  # how a worker tells of them
EDITS = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.sampled_from(["put", "over", "out", "twice", "cut"]),
        st.binary(max_size=20),
        st.integers(1, 60),
    ),
    min_size=1,
    max_size=8,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n", maxsplit=1)[0])
    parser.add_argument("--files", type=int, default=2400, help="how many, over all kinds")
    parser.add_argument("--kind", action="append", help="one of the kinds, such as docx; may be repeated (all)")
    parser.add_argument("--done", type=Path, help="file of the batches that are done, to go on from")
    given = parser.parse_args()
    from tests.seeds import seeds

    kinds = given.kind or list(seeds())
    done = [json.loads(line) for line in given.done.read_text("utf-8").splitlines()] if _is_there(given.done) else []
    told = {kind: Counter[str]() for kind in kinds}
    faults: list[str] = []
    known = set()
    for batch in (batch for batch in done if batch["kind"] in told):
        known.add((batch["kind"], batch["number"]))
        told[batch["kind"]].update(batch["told"])
        faults += batch["faults"]
    with Workers() as workers:
        for kind in kinds:
            for number in range(-(-given.files // len(kinds) // BATCH)):
                if (kind, number) in known:
                    continue
                found: list[str] = []
                new = fuzzed(workers, kind, seeds()[kind], BATCH, found, number=number)
                told[kind] += new
                faults += found
                if given.done:
                    with given.done.open("a", encoding="utf-8") as notes:
                        print(json.dumps({"kind": kind, "number": number, "told": new, "faults": found}), file=notes)
            print(f"{kind}: {dict(told[kind])}", flush=True)
    left = children()
    print(
        f"{sum(map(Counter.total, told.values()))} files: {dict(sum(told.values(), Counter()))}; processes left: {left}"
    )
    for fault in faults:
        print(f"  {fault}")
    sys.exit(1 if faults or left else 0)


def _is_there(path: Path | None) -> bool:
    return path is not None and path.exists()


def fuzzed(workers: Workers, kind: str, data: bytes, count: int, faults: list[str], *, number: int = 0) -> Counter[str]:
    """Read ``count`` damaged versions of a file in worker processes. ``data`` is the content of the undamaged file,
    ``kind`` its extension. Returns how many versions were read (``read``) and how many were reported as unreadable
    (``reported``). Each time that a reader crashes, or reads nothing without saying so, a text about it is added to
    ``faults``.

    ``number`` seeds the damage: the same number always gives the same versions.
    """
    told: Counter[str] = Counter()

    @seed(number)
    @settings(max_examples=2 * count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(EDITS, st.floats(0, 1))
    def check(edits: list[Any], part: float) -> None:
        if told.total() >= count:
            return
        try:
            parsed = workers.parse(Task(damaged(data, edits, part), f"a.{kind}", "0123456789", 80)).result()
            list(parsed.passages)
            told["read"] += 1
            if is_silently_empty(parsed):
                faults.append(f"{kind}: nothing of it is read, and nothing told ({edits}, {part})")
        except SourceError as exc:
            told["reported"] += 1
            if any(fault in str(exc) for fault in FAULTS):
                faults.append(f"{kind}: {exc} ({edits}, {part})")

    check()
    return told


def is_silently_empty(parsed: ParsedFile) -> bool:
    """Whether nothing was read from a file and nothing says why: the parsed file has no passage and no heading, and
    does not say that anything was left out.
    """
    headed = any(block.kind in HEADS for block in parsed.document.blocks)
    return not (parsed.length or headed or parsed.document.dropped)


def damaged(data: bytes, edits: list[Any], part: float) -> bytes:
    """Damage a file: return its content ``data`` with the edits applied. Each edit is a tuple of four: a place (0 is
    the start of the data, 1 the end), the name of a change, some bytes, and a length. ``put`` inserts the bytes at the
    place. ``over`` puts them there instead of the next ``length`` bytes, ``out`` removes the next ``length`` bytes, and
    ``twice`` repeats the next ``length`` bytes. ``cut`` removes everything from the place on (but never the first
    byte).

    If the file is a container, such as a Word document, ``part`` (from 0 to 1) says where the edits apply: below 0.25,
    to the container as a whole; from 0.25 on, to a single file inside it, which ``part`` selects.
    """
    if isOleFile(data=data) and part >= 0.25:
        return _damaged_stream(data, edits, part)
    if not data.startswith(b"PK") or part < 0.25:
        return edited(data, edits)
    with zipfile.ZipFile(io.BytesIO(data)) as container:
        parts = {name: container.read(name) for name in container.namelist()}
    named = [name for name in parts if name.endswith(("xml", "rels", "opf"))]
    name = named[min(int((part - 0.25) / 0.75 * len(named)), len(named) - 1)]
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for each, content in parts.items():
            container.writestr(each, edited(content, edits) if each == name else content)
    return stream.getvalue()


def _damaged_stream(data: bytes, edits: list[Any], part: float) -> bytes:
    """A compound (OLE) file with these edits applied to one of its streams, which ``part`` selects. The stream keeps
    its length.
    """
    file = io.BytesIO(data)
    with OleFileIO(file, write_mode=True) as container:
        names = container.listdir()
        name = names[min(int((part - 0.25) / 0.75 * len(names)), len(names) - 1)]
        content = container.openstream(name).read()
        container.write_stream(name, edited(content, edits)[: len(content)].ljust(len(content), b"\0"))
        return file.getvalue()


def edited(data: bytes, edits: list[Any]) -> bytes:
    held = bytearray(data)
    for place, how, new, length in edits:
        at = int(place * len(held))
        old = bytes(held[at : at + length])
        if how == "cut":
            del held[max(at, 1) :]
        else:
            held[at : at + length] = {"put": new + old, "over": new, "out": b"", "twice": old * 2}[how]
    return bytes(held)


def children() -> int:
    """The number of child processes of this process that are running."""
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children")
    return len(listed.read_text().split()) if listed.exists() else 0


if __name__ == "__main__":
    main()

"""What a worker parses in tests, in the place of the real thing: a file's words say how it misbehaves."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from assistant.types import Document, Passage
from ingest.limits import reached
from ingest.pipeline.parsing import Task
from ingest.pipeline.parsing import parse as parse_well


def parse(task: Task) -> tuple[Document, Sequence[Passage]]:
    if (
        task.data.startswith((b"From:", b"From ")) and not task.alone
    ):  # a mail with something attached that breaks its reader
        os.kill(os.getpid(), signal.SIGSEGV)
    order, _, value = task.data.decode().partition(" ")
    if order == "tell":  # who does this file's work; then go on
        path, order, value = value.split(" ", 2)
        with Path(path).open("a") as told:
            told.write(f"{os.getpid()}\n")
    if order == "hang":
        time.sleep(1000)
    if order == "pages":  # of which not all are read at once
        reached(10, 600)
        time.sleep(2)
    if order == "wait":  # for a processor that others use
        time.sleep(float(value.split()[0]))
    if order == "spin":
        while True:
            pass
    if order == "grip":  # a regular expression lets no other thread run
        re.match(r"(a+)+$", "a" * 60 + "b")
    if order == "burst":
        held = []
        while True:
            held.append(bytearray(10_000_000))
    if order == "grow":
        bytearray(int(value.split()[0]))
    if order == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    if order == "leave":
        os._exit(3)
    if order == "err":
        raise KeyError(value)
    if order == "print":
        print("x" * 100_000)
        os.write(1, b"x" * 100_000)
    return parse_well(task)

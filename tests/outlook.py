"""Mails as Outlook saves them, made by hand: properties (MS-OXMSG) in a compound file (MS-CFB)."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

SECTOR, SMALL, LIMIT = 512, 64, 4096
END, FREE, FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
STORAGE, STREAM, ROOT = 1, 2, 5
SENT = datetime(2024, 3, 4, 10, tzinfo=UTC)

Tree: TypeAlias = "dict[str, bytes | Tree]"


def mail(text: str | None = "Price follows value.", **told: Any) -> bytes:
    """The file of a mail; ``told`` is what ``tree`` takes."""
    return compound(tree(text, **told))


def tree(
    text: str | None = "Price follows value.",
    *,
    subject: str = "RE: Plan",
    sender: tuple[str, str] = ("Ann Lee", "ann@example.org"),
    to: Sequence[tuple[str, str]] = (("Bob Roy", "bob@example.org"),),
    sent: datetime | None = SENT,
    html: bytes | None = None,
    rich: bytes | None = None,
    attached: Mapping[str, bytes | Tree] = {},
    codepage: int | None = None,
    more: Mapping[int, str] = {},
    is_within: bool = False,
) -> Tree:
    """The streams and storages of a mail, by their names.

    With a ``codepage`` its texts are of 8 bits. What is attached as a tree is a mail, for which ``is_within`` is set.
    """
    texts = {0x001A: "IPM.Note", 0x0037: subject, 0x0042: sender[0], 0x0065: sender[1], 0x1000: text, **more}
    fixed = {0x3FFD: codepage, 0x3FDE: 65001 if html else None}
    files: dict[int, bytes | None] = {0x1013: html, 0x1009: rich}
    if sent:
        fixed[0x0039] = round((sent - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    made = _properties(texts, fixed, files, head=24 if is_within else 32, codepage=codepage)
    for number, (name, address) in enumerate(to):
        told = _properties({0x3001: name, 0x39FE: address}, {0x0C15: 1}, {}, codepage=codepage)
        made[f"__recip_version1.0_#{number:08X}"] = told
    for number, (name, content) in enumerate(attached.items()):
        is_mail = isinstance(content, dict)
        own = {} if isinstance(content, dict) else {0x3701: content}
        told = _properties({0x3707: name}, {0x3705: 5 if is_mail else 1}, own, codepage=codepage)
        if isinstance(content, dict):
            told["__substg1.0_3701000D"] = content
        made[f"__attach_version1.0_#{number:08X}"] = told
    return made


def _properties(
    texts: Mapping[int, str | None],
    fixed: Mapping[int, int | None],
    files: Mapping[int, bytes | None],
    *,
    head: int = 8,
    codepage: int | None = None,
) -> Tree:
    made: Tree = {}
    entries = bytearray(head)
    for number, text in texts.items():
        if text is not None:
            kind = 0x1E if codepage else 0x1F
            data = text.encode(f"cp{codepage}" if codepage else "utf-16-le")
            made[f"__substg1.0_{number:04X}{kind:04X}"] = data
            entries += struct.pack("<HHIQ", kind, number, 6, len(data))
    for number, content in files.items():
        if content is not None:
            made[f"__substg1.0_{number:04X}0102"] = content
            entries += struct.pack("<HHIQ", 0x0102, number, 6, len(content))
    for number, value in fixed.items():
        if value is not None:
            entries += struct.pack("<HHIQ", 0x40 if value >> 32 else 3, number, 6, value)
    return {**made, "__properties_version1.0": bytes(entries)}


class _Entry(NamedTuple):
    """An entry of the directory, with the numbers of those inside it."""

    name: str
    kind: int
    data: bytes
    inside: list[int]


def compound(made: Tree) -> bytes:
    """A compound file, version 3, with these streams and storages in it."""
    entries = [_Entry("Root Entry", ROOT, b"", [])]
    _enter(made, 0, entries)
    small, big, starts = bytearray(), bytearray(), {}
    short_chain: list[int] = []
    chain: list[int] = []
    for number, entry in enumerate(entries):
        if entry.kind == STREAM and entry.data:
            held, unit, links = (small, SMALL, short_chain) if len(entry.data) < LIMIT else (big, SECTOR, chain)
            starts[number] = len(held) // unit
            _append(held, entry.data, unit, links)
    stores = []
    for data in (bytes(small), b"".join(struct.pack("<I", one) for one in short_chain)):
        stores.append(len(big) // SECTOR if data else END)
        _append(big, data, SECTOR, chain)
    starts[0] = stores[0]
    listed = b"".join(_listed(entries, number, starts, len(small)) for number in range(len(entries)))
    directory = len(big) // SECTOR
    _append(big, listed + bytes(-len(listed) % SECTOR), SECTOR, chain)
    count = 1
    while count * SECTOR // 4 < len(chain) + count:
        count += 1
    tables = [len(chain) + one for one in range(count)]
    chain += [FAT] * count
    chain += [FREE] * (count * SECTOR // 4 - len(chain))
    shorts = -(-len(short_chain) * 4 // SECTOR)
    head = struct.pack("<8s16xHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6, 0,
                       count, directory, 0, LIMIT, stores[1], shorts, END, 0, *tables[:1])  # fmt: skip
    head += b"".join(struct.pack("<I", one) for one in [*tables[1:], *[FREE] * (109 - count)])
    return head + bytes(big) + b"".join(struct.pack("<I", one) for one in chain)


def _enter(made: Tree, at: int, entries: list[_Entry]) -> None:
    for name, content in made.items():
        entries[at].inside.append(len(entries))
        if isinstance(content, bytes):
            entries.append(_Entry(name, STREAM, content, []))
        else:
            entries.append(_Entry(name, STORAGE, b"", []))
            _enter(content, len(entries) - 1, entries)


def _append(held: bytearray, data: bytes, unit: int, links: list[int]) -> None:
    if not data:
        return
    units = -(-len(data) // unit)
    links += [*range(len(links) + 1, len(links) + units), END]
    held += data + bytes(-len(data) % unit)


def _listed(entries: Sequence[_Entry], number: int, starts: Mapping[int, int], small: int) -> bytes:
    """The 128 bytes of an entry; those inside a storage are a tree, here one that only goes to the right."""
    entry = entries[number]
    by_name = {one: (len(entries[one].name), entries[one].name.upper()) for one in entry.inside}
    child = min(by_name, key=by_name.__getitem__, default=FREE)
    beside = next((one.inside for one in entries if number in one.inside), [])
    order = sorted(beside, key=lambda one: (len(entries[one].name), entries[one].name.upper()))
    right = order[order.index(number) + 1] if number in order[:-1] else FREE
    name = f"{entry.name}\0".encode("utf-16-le")
    size = small if number == 0 else len(entry.data)
    return struct.pack("<64sHBBIII36xIQ", name, len(name), entry.kind, 1, FREE, right, child,
                       starts.get(number, END), size)  # fmt: skip

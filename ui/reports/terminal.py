"""Formats and prints texts for people in a terminal. Control characters are removed, so that text of documents cannot
control the terminal."""

from __future__ import annotations

import json
import re
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from assistant.types import Grounding
from ui.views.shown import (
    CLOSEST,
    NEAREST,
    NOT_SAID,
    PERHAPS,
    REFUSED,
    as_guess,
    cost_line,
    shown,
    voice,
    who_disagrees,
    why,
)

if TYPE_CHECKING:
    from assistant.library.library import Entry, KeptVerdict, Problem
    from assistant.model.local_models import FoundServer
    from assistant.model.trying import Trial
    from assistant.pressure.discussion import DiscussionReply, VerdictChange
    from assistant.pressure.lens import Lens
    from assistant.types import (
        About,
        Answer,
        Citation,
        Conflict,
        Document,
        Hit,
        Remark,
        Searched,
        Statement,
    )
    from ingest.sync import SyncReport
    from ui.views.shown import Shown

WIDEST = 100  # columns; longer lines are tiring to read
ENDINGS = 5  # of names that are told of files passed over: one line; a matter of taste
NAMED = 3  # files named for what they hold besides text
COLUMNS = (("DOCUMENT", 10), ("DATE", 10), ("PASSAGES", 8), ("AUTHOR", 20), ("TITLE", 40))
FOUND_BY = {"dense": "by its meaning", "lexical": "by its words", "both": "by its meaning and its words"}

# Control characters (but not tab and newline) and the marks that turn the direction of writing.
_STEERING = dict.fromkeys(
    [*(set(range(32)) - {9, 10}), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def say(text: str) -> None:
    """Print text on stdout, without control characters."""
    click.echo(_tame(text))


def say_json(value: object) -> None:
    """Print one JSON value on one line of stdout, in UTF-8 regardless of the terminal's encoding."""
    text = json.dumps(value, ensure_ascii=False)
    click.echo(_UNSAFE_IN_JSON.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode())


def note(text: str) -> None:
    """Print a note on stderr, apart from the results on stdout."""
    click.echo(text.translate(_STEERING), err=True)


def complain(what: str, remedy: str) -> None:
    """Print an error on stderr: ``what`` happened, and the ``remedy`` on a line of its own unless it is empty."""
    note(f"{what}\n→ {remedy}" if remedy else what)


def say_answer(one: Answer) -> None:
    """Print an answer. In a terminal, the sentence that seems to answer the question is bold."""
    click.echo(answer(one))


def answer(one: Answer) -> str:
    """An answer as text: its statements with the numbers of their sources, and a list of these sources. If the answer
    has no statements, the text says that the documents do not answer the question, or that the passages found may not
    answer it; passages that come closest to the question are quoted. For a message that asks the documents nothing,
    such as a greeting, the text is only the reply.

    The text can be printed as it is, since control characters have been removed.
    """
    if one.grounding is Grounding.ASIDE:
        return _tame(filled(one.reason))
    sources = _Sources()
    understood = [] if one.standalone_question == " ".join(one.question.split()) else [_understood(one)]
    stretches = [_stretch(each, sources.marks(each.citations)) for each in shown(one)]
    rest = [_conflict(conflict, sources) for conflict in one.conflicts]
    if one.missing and not one.refused:
        rest.append(filled(f"{NOT_SAID} {one.missing}"))
    if one.rejected:
        rest.append(f"Quotes that were not found in the documents and are not shown: {len(one.rejected)}.")
    rest += [*_of_model(one), *([sources.listed()] if sources else [])]
    return "\n\n".join([*map(_tame, [*understood, *_refusal(one)]), *stretches, *map(_tame, rest)])


def hits(found: Sequence[Hit]) -> str:
    """The passages that a search found, as text, the best first. The text says of each whether its words, its meaning
    or both matched."""
    return "\n\n".join(_hit(number, hit) for number, hit in enumerate(found, start=1)) or "Nothing was found."


def discussed(one: DiscussionReply) -> str:
    """The program's reply to a user's message about a verdict, as text. If a model commented on the message, the
    comment and its sources follow."""
    sources = _Sources()
    told = _remarks(one.prose, sources)
    parts = [one.text, told, *one.notices]
    return "\n\n".join([*(filled(part) for part in parts if part), *([sources.listed()] if told else [])])


def verdicts(kept: Sequence[KeptVerdict]) -> str:
    """The stored verdicts on ideas as text, one line for each, in the given order."""
    lines = [
        f"{one.id}  {one.created[:10]}  {one.ruling:<12}  {_cut(' '.join(one.idea.split()), 70)}"
        f"{f'  (revises {one.revises})' if one.revises else ''}"
        for one in kept
    ]
    return "\n".join(lines) or "No pressure test has been kept."


def changes(found: Sequence[VerdictChange]) -> str:
    """The changes from one verdict to another as text: what got better, then what got worse. Each change has at most
    three of the findings that caused it."""
    lines = []
    for better, name in ((True, "Better:"), (False, "Worse:")):
        told = [one for one in found if one.better is better]
        lines += [name] if told else []
        for one in told:
            lines.append(filled(one.what, "  - ", "    "))
            for finding in one.findings[:3]:
                cited = finding.citation
                lines.append(filled(f"“{cited.quote}” ({_place(cited)})", "    "))
                lines += [filled(f"A model's reading: {finding.why}", "    ")] if finding.why else []
    return "\n".join(lines) or "Nothing is otherwise than before."


def spared(files: int) -> str:
    """A sentence that says that documents stay in the library although their files are gone: over a third of the files
    in their folder are missing, so perhaps nobody deleted the files, and only the disk is not connected. ``files`` is
    the number of missing files."""
    what = "1 file that was read before is" if files == 1 else f"{files:,} files that were read before are"
    return f"{what} not there any more, over a third of the folder: what it held stays. Is its disk or share mounted?"


def lens(one: Lens) -> str:
    """A lens (a question that is asked of any idea) as text: its name, importance and question, and its two sides
    (opposite answers to the question), each with its name and its claim."""
    sides = [filled(f"{side.name}: {side.claim}", "  - ") for side in one.sides]
    return "\n".join([f"{one.name} ({one.importance:.1f}): {one.question}", *sides])


def documents(entries: Sequence[Entry]) -> str:
    """A table of documents as text. The last line has the number of documents and the number of their passages."""
    if not entries:
        return "The library is empty."
    head = "  ".join(f"{name:<{width}}" for name, width in COLUMNS) + "  SOURCE"
    passages = sum(entry.passages for entry in entries)
    return "\n".join(
        [head, *map(_row, entries), "", f"{_count(len(entries), 'document')}, {_count(passages, 'passage')}."]
    )


def particulars(entry: Entry) -> str:
    """The known facts about a document as text, one on each line, such as title, author, date, source and id. Guessed
    values are marked as guessed."""
    about = entry.about
    facts = {"title": about.title, "author": about.author, "date": about.date}
    facts = {name: as_guess(about, name, value or "") for name, value in facts.items()}
    facts |= {"language": about.language or "", "site": about.site or "", "source": about.source, "id": about.id}
    others = [id for id in entry.versions if id not in {about.id, entry.superseded_by}]
    facts |= {"superseded by": _newer(entry), "other versions": ", ".join(others)}
    return "\n".join(f"{name}: {value}" for name, value in facts.items() if value)


def document(one: Document, entry: Entry) -> str:
    """The text of a document, preceded by its title, author, date and other facts."""
    head = [particulars(entry)]
    if one.dropped:
        head.append(f"dropped: {_count(len(one.dropped), 'piece')}, shown by --dropped")
    return "\n".join([*head, "", one.text])


def dropped(one: Document) -> str:
    """What was left out of a document, as text: first the kinds of content that Pushback does not read, then the pieces
    of boilerplate that were removed, each with its position and the reason."""
    notices = Counter(piece.notice for piece in one.dropped if piece.notice)
    pieces = [f"{count} × {notice}" for notice, count in notices.most_common()]
    pieces += [
        f"[{piece.at}] {piece.reason}\n{textwrap.indent(piece.text, '    ')}" for piece in one.dropped if piece.text
    ]
    return "\n".join(pieces) or "Nothing was dropped from this document."


def synced(report: SyncReport, library: str, *, details: bool = False) -> str:
    """One line of text on the result of reading files into the library named ``library``. ``details`` adds lines with
    the time of each stage, and with the number of boilerplate pieces that were removed for each reason."""
    kinds = ", ".join(f"{count} {kind}" for kind, count in list(report.kinds.items())[:ENDINGS])
    told = f" ({kinds}{', …' if len(report.kinds) > ENDINGS else ''})" if kinds else ""
    skipped = f"; {_count(report.skipped, 'file')} of other kinds passed over{told}" if report.skipped else ""
    skipped += f"; {len(report.empty)} empty" if report.empty else ""
    skipped += f"; {_count(report.ignored, 'file')} ignored" if report.ignored else ""
    if not report.files and not report.removed:
        known = "Pushback reads text, Markdown, html, PDF, office files, EPUB, mail and chats."
        return f"Nothing to read there{skipped}. {known}"
    counts = ", ".join(f"{getattr(report, name)} {name}" for name in ("added", "changed", "removed", "same"))
    failed = f", {len(report.failed)} failed" if report.failed else ""
    unread = ", ".join(f"{count} × {kind}{_in(report.noticed.get(kind, ()))}" for kind, count in report.notices.items())
    skipped += f"; left out inside files: {unread}" if unread else ""
    copies = f", {report.copies} already there under another name" if report.copies else ""
    line = (
        f"{counts}{copies}{failed}{skipped}; {_count(report.passages, 'passage')} embedded in {report.seconds:.1f} s."
        f" Library: {library}."
    )
    stages = [f"  {name:10} {seconds:8.1f} s" for name, seconds in report.stages.items()]
    dropped = [f"  {count:6} cleaned away: {reason}" for reason, count in report.dropped.items()]
    return "\n".join([line, *stages, *dropped] if details else [line])


def _in(sources: Sequence[str]) -> str:
    """The first ``NAMED`` file names in brackets; empty if there are none."""
    rest = ", …" if len(sources) > NAMED else ""
    return f" ({', '.join(sources[:NAMED])}{rest})" if sources else ""


def problems(found: Iterable[Problem]) -> str:
    """The problems of a library as text, each with its remedy or with the repair that was made."""
    return "\n".join(f"{one.what}\n→ {one.remedy}" for one in found)


def trial(one: Trial) -> str:
    """The result of testing a chat model as text: whether it replies, streams and follows a schema, and how many tokens
    its context has."""
    context = f"{one.context:,} tokens" if one.context else "not told"
    rows = {
        "replies": f"yes, in {one.seconds:.1f} s ({cost_line(one.cost)})",
        "streams": "yes" if one.streams else "no: its reply comes in one piece",
        "schema": "yes" if one.structured else "no: it is asked for marked lines",
        "context": context,
    }
    return "\n".join([f"The model {one.name}", *(f"  {name:8} {told}" for name, told in rows.items())])


def local_models(found: Sequence[FoundServer]) -> str:
    """The model servers found on this machine as text, with the flag ``--model …`` for each of their models."""
    if not found:
        return (
            "No model is served on this machine, as far as the usual ports tell.\n"
            "Start Ollama, LM Studio or another server, or name a model: --model openai:NAME, with OPENAI_API_KEY set."
        )
    lines = []
    for server in found:
        key = " asks for a key: set PUSHBACK_API_KEY" if server.asks_key else ""
        lines += [f"{server.program} at {server.address}{key}", *(f"  --model {name}" for name in server.models)]
    return "\n".join(["Models served on this machine, by the programs that usually listen there:", *lines])


class _Sources:
    """A list of sources, numbered in the order in which they are first cited."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, int], int] = {}
        self._lines: list[str] = []

    def __bool__(self) -> bool:
        return bool(self._lines)

    def marks(self, citations: Iterable[Citation]) -> str:
        return "".join(f"[{self._number(citation)}]" for citation in citations)

    def listed(self) -> str:
        return "\n".join(["Sources", *self._lines])

    def _number(self, citation: Citation) -> int:
        key = (citation.about.id, citation.start, citation.end)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self._lines.append(f"  [{self._numbers[key]}] {_place(citation)}")
        return self._numbers[key]


def _understood(one: Answer) -> str:
    return filled(f"Understood as: {one.standalone_question}")


def _refusal(one: Answer) -> list[str]:
    """The text for an answer without statements: that the documents do not say, or that only close passages were found.
    Empty if the answer has statements."""
    if not one.refused:
        return []
    near = one.grounding is Grounding.NEAR
    opening = filled(f"{f'{CLOSEST} {PERHAPS}' if near else REFUSED} {why(one)}")
    told = [f"{opening}\n{_searched(one.searched)}"]
    if one.nearest and not near:
        nearest = (f"{filled(f'“{c.key_quote}”', '  - ', '    ')}\n    {_place(c)}" for c in one.nearest)
        told.append("\n".join([f"{NEAREST}:", *nearest]))
    return told


def _stretch(one: Shown, marks: str) -> str:
    """A statement as lines of text, followed by ``marks``, the numbers of its sources. A sentence that is emphasized
    gets lines of its own, in bold after ``»``."""
    parts = [text.strip() for text in (one.before, one.key, one.after)]
    told = [place for place, text in enumerate(parts) if text] or [0]
    parts[told[0]] = one.opening + parts[told[0]]
    parts[told[-1]] += f"{one.closing} {marks}".rstrip()
    before, key, after = parts
    if not key:
        return "\n".join(_lines(before, ""))
    bold = [f"{line[:2]}{click.style(line[2:], bold=True)}" for line in _lines(key, "» ")]
    return "\n".join([*_lines(before, "  "), *bold, *_lines(after, "  ")])


def _lines(text: str, first: str) -> list[str]:
    """The text wrapped into lines; the first begins with ``first``, and the others are indented as far."""
    lines = [line for line in _tame(text).split("\n") if line.strip()]
    indented = " " * len(first)
    return [
        part for n, line in enumerate(lines) for part in filled(line, indented if n else first, indented).split("\n")
    ]


def _tame(text: str) -> str:
    """The text without characters that control a terminal."""
    return text.translate(_STEERING)


def _of_model(one: Answer) -> list[str]:
    """A list of one text or none: notices, the number of the model's statements that are left out because they could
    not be verified, and the cost of the model's calls."""
    told = [filled(notice) for notice in one.notices]
    if one.dropped:
        told.append(f"Statements of the model that did not hold and are not shown: {len(one.dropped)}.")
    if cost := one.cost:
        told.append(f"Model: {cost_line(cost)}.")
    return ["\n".join(told)] if told else []


def _conflict(conflict: Conflict, sources: _Sources) -> str:
    return "\n".join([f"{who_disagrees(conflict)}:", *(_side(side, sources) for side in conflict.sides)])


def _side(side: Statement, sources: _Sources) -> str:
    first = side.citations[0]
    who = ", ".join(filter(None, [voice(first) or first.about.title, first.about.date or "undated"]))
    return filled(f"{who}: “{first.key_quote}” {sources.marks(side.citations)}", "  - ", "    ")


def _hit(number: int, hit: Hit) -> str:
    passage = hit.passage
    where = _where(passage.about, passage.speaker, passage.start, passage.end, passage.page)
    folded = f"; {_count(len(hit.folded), 'near-duplicate')} folded in" if hit.folded else ""
    return f"{number}. {where}\n   found {FOUND_BY[hit.found_by]}{folded}\n{filled(passage.text, '   ')}"


def _remarks(remarks: Iterable[Remark], sources: _Sources) -> str:
    return " ".join(f"{remark.text} {sources.marks(remark.citations)}".strip() for remark in remarks)


def _place(citation: Citation) -> str:
    return _where(citation.about, citation.speaker, citation.start, citation.end, citation.page)


def _where(about: About, speaker: str | None, start: int, end: int, page: int | None) -> str:
    who = speaker or as_guess(about, "author", about.author or "")
    known = filter(None, [about.title, who, as_guess(about, "date", about.date or ""), about.place(page)])
    return f"{' · '.join(known)} · {about.source}:{start}-{end}"


def _row(entry: Entry) -> str:
    about = entry.about
    cells = (about.id, about.date or "", str(entry.passages), about.author or "", about.title)
    row = "  ".join(f"{_cut(cell, width):<{width}}" for cell, (_, width) in zip(cells, COLUMNS, strict=True))
    more = f" (and {len(entry.sources) - 1} more)" if len(entry.sources) > 1 else ""
    states = [] if entry.state == "ready" else [entry.state]
    states += [f"superseded by {_newer(entry)}"] if entry.superseded_by else []
    told = f" [{', '.join(states)}]" if states else ""
    return f"{row}  {about.source}{more}{told}"


def _newer(entry: Entry) -> str:
    """The id of the document that supersedes this one, and whether only the times of the files say so; empty if none
    does."""
    by = " (by the times of their files)" if entry.by_file_time else ""
    return f"{entry.superseded_by}{by}" if entry.superseded_by else ""


def _searched(searched: Searched) -> str:
    return f"Searched: {_count(searched.documents, 'document')}, {_count(searched.passages, 'passage')}."


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def filled(text: str, first: str = "", rest: str | None = None) -> str:
    """The text wrapped to the terminal's width. The first line begins with ``first``, and all later lines with
    ``rest``; if ``rest`` is None, they are indented as far as ``first`` is long. Without a terminal, the text is on one
    line, so that quotes in it can be searched for."""
    width = min(WIDEST, shutil.get_terminal_size().columns) if sys.stdout.isatty() else sys.maxsize
    rest = " " * len(first) if rest is None else rest
    return textwrap.fill(
        " ".join(text.split()),
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )

"""Stores pressure tests in the library, opens them, changes their weights and judgements, and discusses them.

The discussion is stored with the verdict: each message with its reply, and a message that has no reply yet, so that a
crash loses none. If a reply changes the verdict, the new verdict takes over the discussion.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from assistant import wire
from assistant.errors import DocumentMissing, LibraryDamaged
from assistant.library.library import Library
from assistant.library.records import UNFINISHED, KeptVerdict
from assistant.pressure import rulings
from assistant.pressure.discussion import AssistantParts, DiscussionReply, Moved, discuss
from assistant.types import Finding, IdeaRuling, Searched, Verdict
from ui.reports.verdict_report import Report, remark
from ui.views.citation_state import standing

SAID, ASKED = "said", "asked"  # the fields beside those of the verdict


class DiscussionTurn(NamedTuple):
    """A message about a verdict and the reply to it. ``moved`` says why the reply changed the verdict, or that it did
    not; it is a value of ``Moved``. ``prose`` has the sentences of a model's comment; ``id`` is the message's id, empty
    if it has none."""

    message: str
    reply: str
    moved: str
    prose: Sequence[str] = ()
    id: str = ""


class StoredVerdict(NamedTuple):
    """A verdict (the result of testing an idea) as it is stored: its entry in the list of verdicts (``listed``), the
    verdict, the messages about it with their replies (``said``), and the message that has no reply yet (``asked``,
    empty if there is none)."""

    listed: KeptVerdict
    verdict: Verdict
    said: tuple[DiscussionTurn, ...]
    asked: str = ""


def keep(
    library: Library,
    verdict: Verdict,
    *,
    revises: str | None = None,
    said: Sequence[DiscussionTurn] = (),
    owner: str | None = None,
    id: str | None = None,
) -> str:
    """Store a verdict and return its id. ``said`` is the discussion that is stored with the verdict: messages about it
    with their replies. ``revises`` is the id of an earlier verdict on the same idea or on an earlier wording of it,
    None if there is none. ``owner`` names the user to whom the verdict belongs; None for the user of this machine.

    If ``id`` is given, the verdict gets this id; a second call with the same id stores nothing.
    """
    return library.verdicts.keep(_told(verdict, said), revises=revises, owner=owner, id=id)


def begin(
    library: Library, idea: str, *, revises: str | None = None, owner: str | None = None, id: str | None = None
) -> KeptVerdict:
    """Store an idea before it is tested, so that a crash does not lose it. Returns the idea's entry in the list of
    verdicts. The entry, and later the verdict, has the id ``id``; None gives it a new id. ``revises`` is the id of an
    earlier verdict on the same idea or on an earlier wording of it, None if there is none. ``owner`` names the user to
    whom the verdict will belong; None for the user of this machine."""
    unmade = Verdict(idea, IdeaRuling.NOT_COVERED, (), (), Searched(0, 0))
    told = json.dumps({**wire.verdict(unmade), "ruling": UNFINISHED})
    return library.verdicts.read(library.verdicts.keep(told, revises=revises, owner=owner, id=id))[0]


def finish(library: Library, begun: KeptVerdict, verdict: Verdict, said: Sequence[DiscussionTurn] = ()) -> str:
    """Store the verdict on an idea under the entry ``begun``, which ``begin`` returned before the test. Returns the id
    of the verdict. ``said`` is the discussion that is stored with the verdict: messages about it with their replies."""
    library.verdicts.put(begun, _told(verdict, said))
    return begun.id


def give_up(library: Library, id: str) -> None:
    """Remove the idea that ``begin`` stored under this id, unless its test has ended with a verdict."""
    with suppress(DocumentMissing):  # it was removed meanwhile
        if library.verdicts.read(id)[0].ruling == UNFINISHED:
            library.verdicts.remove(id)


def opened(library: Library, id: str) -> StoredVerdict:
    """The stored verdict with this id.

    Raises:
        DocumentMissing: there is no such verdict, or its test was not finished.
        LibraryDamaged: the stored verdict is damaged.
    """
    listed, told = library.verdicts.read(id)
    if listed.ruling == UNFINISHED:
        raise DocumentMissing(f"The test of “{listed.idea}” was not finished.", hint="Test the idea again.")
    verdict, kept = wire.stored_verdict(told)
    try:
        said = tuple(DiscussionTurn(**one) for one in kept.get(SAID, ()))
    except TypeError as exc:
        raise LibraryDamaged(
            "What was said of a verdict is damaged.", hint="Remove it, and test its idea again."
        ) from exc
    return StoredVerdict(listed, verdict, said, kept.get(ASKED, ""))


def own(library: Library, id: str, owner: str | None) -> StoredVerdict:
    """The stored verdict with this id if it belongs to ``owner``.

    Raises:
        DocumentMissing: the verdict belongs to somebody else, does not exist or was not finished; the error does not
            say which.
    """
    try:
        is_own = library.verdicts.read(id)[0].owner == owner
    except DocumentMissing:
        is_own = False
    if not is_own:
        raise DocumentMissing(f"There is no verdict {id!r} here.", hint="Those there are stand under “All tests”.")
    return opened(library, id)


def weigh(library: Library, id: str, importance: Mapping[str, float]) -> Verdict:
    """Set the importance (0 to 1) of some assumptions of a stored verdict, store the verdict that results, and return
    it. A key of ``importance`` is the number of an assumption, counted from 1, or the name of its lens (the question
    that led to it).

    Raises:
        DocumentMissing: the library has no such verdict.
        SettingsError: the verdict has no such assumption.
    """
    kept = opened(library, id)
    verdict = rulings.weighed(kept.verdict, importance)
    library.verdicts.put(kept.listed, _told(verdict, kept.said, kept.asked))
    return verdict


def swap(library: Library, id: str, old: Finding, new: Finding) -> None:
    """In a stored verdict, replace the finding ``old`` (a quote that concerns an assumption) by ``new``, the same quote
    with another judgement of whether it speaks for or against the assumption. The rulings on the assumptions and the
    idea are computed again, and the verdict is stored with them.

    Raises:
        DocumentMissing: there is no such verdict.
    """
    kept = opened(library, id)
    library.verdicts.put(kept.listed, _told(rulings.swapped(kept.verdict, old, new), kept.said, kept.asked))


def replied(library: Library, id: str, said_under: str) -> str | None:
    """The id of the verdict whose discussion has the reply to the message with the id ``said_under``; None if the
    message has no reply. ``id`` is the id of the verdict that the message was about.

    A reply that changed the verdict was stored with the changed verdict, which has the message's id; any other reply
    was stored with the verdict ``id``.
    """
    for one in (said_under, id):
        with suppress(DocumentMissing):
            if any(said.id == said_under for said in opened(library, one).said):
                return one
    return None


def discussed(
    assistant: AssistantParts, id: str, message: str, by: str = "", said_under: str = ""
) -> tuple[DiscussionReply, str]:
    """Reply to a message about the verdict with this ``id``. Returns the reply, and the id of the verdict with which
    the message and the reply are stored: if the reply changed the verdict, that of the changed verdict, else ``id``.

    The message itself is stored before the reply is made. ``by`` is the name of the message's author, empty if nobody
    signs in. ``said_under`` is the message's id, by which ``replied`` finds the reply; a changed verdict gets this id,
    too. If ``said_under`` is empty, a changed verdict gets a new id.

    Raises:
        DocumentMissing: there is no such verdict.
    """
    kept = opened(assistant.library, id)
    assistant.library.verdicts.put(kept.listed, _told(kept.verdict, kept.said, message))
    reply = discuss(assistant, kept.verdict, message, by)
    prose = [remark(one) for one in reply.prose]
    said = (*kept.said, DiscussionTurn(message, reply.text, reply.moved.value, prose, said_under))
    if reply.moved is not Moved.NOTHING:
        moved = keep(
            assistant.library, reply.verdict, revises=id, said=said, owner=kept.listed.owner, id=said_under or None
        )
        with suppress(DocumentMissing):  # it was removed meanwhile
            former = opened(assistant.library, id)
            assistant.library.verdicts.put(former.listed, _told(former.verdict, former.said))
        return reply, moved
    assistant.library.verdicts.put(kept.listed, _told(reply.verdict, said))
    return reply, id


def report(library: Library, id: str, verdict: Verdict, created: str) -> Report:
    """Make the report of ``verdict``, whose id is ``id`` and which was made at the time ``created``. The report also
    says of each citation whether its source is unchanged, has changed or is gone."""
    cited = {f.citation for a in verdict.assumptions for f in a.findings}
    return Report(verdict, id, created, {one: standing(one, library) for one in cited})


def _told(verdict: Verdict, said: Sequence[DiscussionTurn], asked: str = "") -> str:
    beside = {SAID: [one._asdict() for one in said], ASKED: asked}
    return json.dumps({**wire.verdict(verdict), **{name: value for name, value in beside.items() if value}})

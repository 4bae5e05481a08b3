"""From an idea to its verdict: what the documents say for and against each assumption, or that they say nothing.

```text
idea ─▶ assumed ─search, for and against─▶ extracts ─a reader─▶ Bearing … ─quotes found─▶ Finding … ─rulings─▶ Verdict
```

A reader picks the words that concern the idea, and says on which side they are. Code finds each quote in the documents
and decides the rulings.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from assistant.checking.verifying import place
from assistant.errors import ModelError, ReplyInvalid, SettingsError
from assistant.library.library import Library
from assistant.model.chat import Calls
from assistant.pressure import rulings
from assistant.pressure.assumptions import OF_WORDS, OWN, PROPOSED, Assumed, is_turned, of_people, shown_text
from assistant.pressure.bearing import Weighed
from assistant.pressure.model_ideas import ModelIdeas
from assistant.pressure.plain_ideas import PlainIdeas
from assistant.pressure.pressure_text import left_out
from assistant.search.question import encodable
from assistant.text.words import tokens
from assistant.types import Assumption, AssumptionRuling, Citation, Finding, IdeaRuling, Rejected, Verdict

LONGEST_IDEA = 4_000  # characters, as of a question: a longer text is a document, not an idea
MOST = 25  # findings of an assumption: a bound on what is kept with a verdict; offline an idea has twelve in all
OFFLINE = "What was found was read without it."
IDLE = "The importance given to “{}” weighs nothing: the idea rests on no such assumption."

Progress = Callable[[int, int, str], None]


class PressureTest:
    """Tests ideas against the documents of one library. A chat model (``model``) reads the passages that concern an
    idea. If there is no chat model, or if it fails, ``plain`` reads them without one."""

    def __init__(self, library: Library, plain: PlainIdeas, model: ModelIdeas | None = None) -> None:
        self._library, self._plain, self._model = library, plain, model

    def challenge(
        self,
        idea: str,
        progress: Progress = lambda *_: None,
        importance: Mapping[str, float] | None = None,
        like: Verdict | None = None,
    ) -> Verdict:
        """Test ``idea`` against the documents, and return the verdict. ModelError is never raised; if the model fails,
        the verdict has a notice that says so.

        ``progress`` is called with the number of steps done, the number of all steps, and the name of the next step; it
        is called again for every piece of text that a model writes. If ``progress`` raises an exception, the test
        stops.

        ``importance`` says from 0 to 1 how much an assumption counts. A key is the assumption's number, such as "2", or
        its name: that of a lens (a question that is put to every idea), or the assumption's role in the idea, such as
        "the reason". Keys that fit no assumption are reported in the verdict's ``notices``.

        ``like`` is an earlier verdict on the same idea, or on another wording of it, such as a wider one; None if there
        is none. What people changed in it is taken over: assumptions that they added or reworded are tested again,
        assumptions that they left out stay out, and the weights that they gave stay. If people judged that a quote is
        for an assumption, against it, or not about it, this judgement stays as long as the document still has the
        quote. However, if the idea is now the opposite of what it was, a judgement for or against stays only with an
        assumption of the same text. Assumptions that a model proposed are tested again only for the same idea.

        Raises:
            SettingsError: the idea is empty, has no words, or has more than ``LONGEST_IDEA`` characters; or
                ``importance`` has a value that is not in 0..1, or a key that no assumption of any idea can have.
        """
        started = time.perf_counter()
        plain = left_out(checked(idea))
        given = importance or {}
        self.check_importance(given)
        progress(0, 1, plain)
        searched, digest = self._library.searched(), self._library.digest()
        step = _Step(progress)
        calls = self._model.calls(step.again) if self._model else None
        former = like and (replace(like, idea=plain) if like.idea == idea else of_people(like))
        weighed, by, notices = self._weighed(plain, former, calls, step)
        findings, rejected = self._findings(weighed)
        verdict = Verdict(
            idea=idea,
            ruling=IdeaRuling.NOT_COVERED,
            assumptions=tuple(map(_assumption, weighed.assumed, findings, weighed.searched)),
            leaps_of_faith=(),
            searched=searched,
            rejected=rejected,
            stance_model=by or self._plain.stance_model,
            library=digest,
            model=by or (self._model.name if self._model and _proposed(weighed.assumed) else None),
            dropped=tuple(weighed.dropped),
            notices=tuple(notices),
            cost=calls.cost if calls else None,
            left_out=like.left_out if like else (),
        )
        verdict = rulings.weighed_as(like, verdict) if like else verdict
        idle = rulings.idle(verdict, given)
        verdict = replace(verdict, notices=(*verdict.notices, *(IDLE.format(name) for name in idle)))
        made = rulings.weighed(verdict, {name: given[name] for name in given if name not in idle})
        if like:
            turned = is_turned(left_out(like.idea)) is not is_turned(plain)
            made = rulings.judged_as(like, made, self._holds, turned=turned)
        if by and self._model and calls:
            step(1, 1, "what it comes to")
            made = _summed_up(made, self._model, calls)
        waited = {"model": calls.seconds} if calls else {}
        return rulings.timed(made, time.perf_counter() - started, **waited)

    def check_importance(self, importance: Mapping[str, float]) -> None:
        """Check the weights in ``importance`` as far as that is possible without an idea. A weight is from 0 to 1; its
        key is the name of an assumption, or an assumption's number counted from 1. Nothing is searched or read.

        Raises:
            SettingsError: a weight is not in 0..1, or no assumption of any idea can have its key; the hint lists the
                possible names.
        """
        rulings.check_importance(importance, (*self._plain.lenses, *OF_WORDS, PROPOSED, OWN))

    def _holds(self, cited: Citation) -> bool:
        return self._library.quote(cited.about.id, cited.start, cited.end) == cited.quote

    def _weighed(
        self, idea: str, like: Verdict | None, calls: Calls | None, step: _Step
    ) -> tuple[Weighed, str | None, list[str]]:
        """Return the evidence on the idea, the name of the model that read it, and notices.

        If there is no model, or if it fails or is too small, the plain reader reads and the name is None. A notice
        reports a model that fails or is too small.
        """
        notices: list[str] = []
        assumed: list[Assumed] | None = None
        dropped: Sequence[Rejected] = ()
        try:
            if self._model and calls and self._model.able:
                step(0, 1, "what would have to be true")
                assumed, dropped = self._model.assumed(idea, like, calls)
                weighed = self._model.weighed(idea, assumed, calls, step)
                return weighed._replace(dropped=dropped), self._model.name, notices
            if self._model:
                notices.append(f"{self._model.name} is too small to read for an idea. {OFFLINE}")
        except ModelError as error:
            what = "The model's reply made no sense." if isinstance(error, ReplyInvalid) else error.summary
            notices.append(f"{what} {OFFLINE}")
        assumed = assumed or self._plain.assumed(idea, like)
        weighed = self._plain.weighed(idea, assumed, step)
        return weighed._replace(dropped=dropped), None, notices

    def _findings(self, weighed: Weighed) -> tuple[list[list[Finding]], tuple[Rejected, ...]]:
        """Return the findings of each assumption, without overlapping ones of the same side, and the quotes that were
        not found in the documents."""
        findings: list[list[Finding]] = [[] for _ in weighed.assumed]
        rejected: list[Rejected] = []
        for one in weighed.bearings:
            cited = place(one.quote, weighed.extracts, self._library.quote)
            if isinstance(cited, Rejected):
                rejected.append(cited)
                continue
            found = Finding(cited, one.stance, one.confidence, one.kind, one.context, one.why, bears=one.bears)
            for number in one.assumptions:
                own = findings[number]
                if len(own) < MOST and not any(_overlap(cited, f.citation) and f.stance is one.stance for f in own):
                    own.append(found)
        return findings, tuple(rejected)


def _summed_up(verdict: Verdict, model: ModelIdeas, calls: Calls) -> Verdict:
    """Return the verdict with the model's summary. If the model fails now, the verdict has no summary, and its result
    is told in the program's own words: all that was read for it stands."""
    try:
        made, dropped = model.summed_up(verdict, calls)
    except ModelError:
        return replace(verdict, cost=calls.cost)
    return replace(verdict, summary=made, dropped=(*verdict.dropped, *dropped), cost=calls.cost)


class _Step:
    """Reports the progress of a test to the caller's ``progress`` function, and can repeat the latest report while a
    model writes."""

    def __init__(self, progress: Progress) -> None:
        self._progress, self._last = progress, (0, 1, "")

    def __call__(self, done: int, of: int, about: str) -> None:
        self._last = (done, of, about)
        self._progress(done, of, about)

    def again(self) -> None:
        """Call the caller's ``progress`` function again with the same values as at the latest step. This is done for
        every piece of text that a model writes, so that the caller can stop the test."""
        self._progress(*self._last)


def _proposed(assumed: Sequence[Assumed]) -> bool:
    return any(one.importance_by == "model" for one in assumed)


def _overlap(one: Citation, other: Citation) -> bool:
    return one.about.id == other.about.id and one.start < other.end and other.start < one.end


def _assumption(assumed: Assumed, found: Sequence[Finding], searched: tuple[str, ...]) -> Assumption:
    return Assumption(
        text=shown_text(assumed),
        lens=assumed.name,
        importance=assumed.importance,
        ruling=AssumptionRuling.GAP,
        findings=tuple(found),
        question=assumed.question,
        part=assumed.part,
        searched=searched,
        settle=assumed.settle,
        importance_by=assumed.importance_by,
    )


def checked(idea: str) -> str:
    """Check that an idea is neither empty nor too long, and return it on one line, with single spaces between its
    words.

    Raises:
        SettingsError: the idea is empty, has no words, or has more than ``LONGEST_IDEA`` characters.
    """
    plain = " ".join(encodable(idea).split())
    if not plain:
        raise SettingsError("The idea is empty.", hint='Name one, as in: pushback challenge "Double the sales team."')
    if not tokens(plain):
        raise SettingsError("The idea has no words.", hint="Put it in words.")
    if len(plain) > LONGEST_IDEA:
        raise SettingsError(
            f"The idea has {len(plain):,} characters; at most {LONGEST_IDEA:,} are read.", hint="Put it in a paragraph."
        )
    return plain

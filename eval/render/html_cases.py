"""A case on the page: what was asked and said, what is cited beside the gold, and why it is not right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.types import Span, Stance
from eval.cases import Severity
from eval.measures import BY_NAME
from eval.metrics import covers, shown
from eval.records import Json, Record
from eval.render.elements import Child, Element, folded, tag
from eval.report import reasons
from eval.scorers.asked import short

AROUND = 160  # characters shown on each side of quoted words; more is a click away, in the document
BRIEF = 160  # characters of what is told of a right case
SIDES = {Stance.SUPPORTS: "For the idea", Stance.CHALLENGES: "Against the idea", Stance.UNCLEAR: "Unclear"}

_BLANK = re.compile(r"\n\s*\n")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Places:
    """Where on the page each case is, and the class by which its kind is filtered."""

    anchors: Mapping[str, str]
    kinds: Mapping[str, str]

    def link(self, case: str) -> Element:
        """A case's id, linked when it is on the page."""
        anchor = self.anchors.get(case)
        return tag("a", tag("code", case), href=f"#{anchor}") if anchor else tag("code", case)


def full(record: Record, places: Places, held: str | None, *, open_: bool) -> Element:
    """A case with all that is known of it."""
    why = list(reasons(record))
    hint = record.error or (why[0] if why else "")
    summary = [
        _head(record, held),
        tag("span", short(record.asked, 200), cls="asked"),
        tag("span", short(hint), cls="hint"),
    ]
    body = tag(
        "div",
        _about(record),
        tag("p", record.error, cls="error") if record.error else None,
        _ruling(record),
        _answer(record),
        _reasons(record),
        _evidence(record),
        _ranking(record),
        _scores(record),
        id=places.anchors[record.id],
        cls="body",
    )
    return folded(summary, body, cls=f"case {record.outcome.value} {places.kinds[record.kind]}", open_=open_)


def beside(record: Record) -> Element:
    """A case with what it came to on the one side and the gold on the other, and nothing that has to be linked."""
    said = _answer(record)
    answer = [_ruling(record), tag("p", "Nothing came back.", cls="small") if said is None else said, _reasons(record)]
    cited = _by_side(record.cited) if record.label or any(one["stance"] for one in record.cited) else _all(record.cited)
    gold = [_gold(one, record.cited) for one in record.gold] or [tag("p", "The case has no gold.", cls="small")]
    return tag(
        "article",
        _head(record, None),
        _about(record),
        tag("p", record.error, cls="error") if record.error else None,
        tag(
            "div",
            tag("section", tag("h3", "Answer"), answer, tag("h4", f"Cited ({len(record.cited)})"), cited),
            tag("section", tag("h3", "Gold"), gold),
            cls="two",
        ),
        _ranking(record),
        _scores(record),
        cls="beside",
    )


def compact(record: Record, places: Places) -> Element:
    """A case that is right, in less than a kilobyte where its texts are short."""
    sources = Counter(str(one["source"]) for one in record.found)
    found = ", ".join(f"{short(source, 60)} ×{count}" for source, count in sources.most_common(5))
    said = " · ".join(dict.fromkeys(filter(None, (record.said, record.text))))
    cited = Counter(f"{one['source']} {one['start']}:{one['end']}" for one in record.cited if one["correct"])
    body = tag(
        "div",
        tag("p", short(said, BRIEF)) if said else None,
        tag("p", "Cited: ", short("; ".join(cited), BRIEF), cls="small") if cited else None,
        tag("p", f"Found: {found}", cls="small") if found else None,
        id=places.anchors[record.id],
    )
    return folded(
        [tag("code", short(record.id, 80)), f" {short(record.asked, BRIEF)}"], body, cls=places.kinds[record.kind]
    )


def _head(record: Record, held: str | None) -> Element:
    severity = None if record.severity is Severity.NORMAL else tag("span", record.severity.value, cls="badge")
    against = tag("span", held, cls="badge bad") if held else None
    outcome = tag("span", record.outcome.value, cls=f"badge {record.outcome.value}")
    return tag("span", outcome, tag("code", record.id), severity, against, cls="head")


def _about(record: Record) -> Child:
    place = f"{record.file}:{record.line}" if record.file else ""
    told = [record.kind, *record.tags, place]
    understood = (record.output or {}).get("standalone_question", record.asked)
    return [
        tag("p", record.asked, cls="question"),
        tag("p", f"Understood as: {understood}", cls="small") if understood != record.asked else None,
        tag("p", record.why, cls="small") if record.why else None,
        tag("p", " · ".join(one for one in told if one), cls="small"),
    ]


def _ruling(record: Record) -> Child:
    if record.said is None:
        return None
    wanted = tag("span", ", should be ", tag("b", record.label)) if record.label else None
    return tag("p", "Said: ", tag("b", record.said), wanted)


def _answer(record: Record) -> Child:
    output = record.output
    if output is None:
        return tag("p", record.text, cls="quiet prose") if record.text else None
    return [
        tag("p", f"Refused: {output['reason']}") if output.get("refused") else None,
        _list("The answer", output.get("statements", ()), _statement, "ol"),
        *(_list("Documents differ", one["sides"], _statement) for one in output.get("conflicts", ())),
        _list("Assumptions", output.get("assumptions", ()), lambda one: [one["text"], _small(one["ruling"])]),
        _list("Rejected as a quote", output.get("rejected", ()), lambda one: [f"“{one['quote']}”", _small(one["why"])]),
    ]


def _statement(one: Json) -> Child:
    cited = "; ".join(f"{c['source']} {c['start']}:{c['end']}" for c in one["citations"]) or "cites nothing"
    return [one["text"], _small(cited)]


def _reasons(record: Record) -> Child:
    return _list("Why", list(reasons(record).items()), lambda one: [one[0], _small(one[1])])


def _evidence(record: Record) -> Child:
    if not (record.cited or record.gold):
        return None
    gold = [_gold(one, record.cited) for one in record.gold] or [tag("p", "The case has no gold.", cls="small")]
    cited = _by_side(record.cited) if record.label or any(one["stance"] for one in record.cited) else _all(record.cited)
    return tag(
        "div",
        tag("section", tag("h4", f"Cited ({len(record.cited)})"), cited),
        tag("section", tag("h4", f"Gold ({len(record.gold)})"), gold),
        cls="two",
    )


def _all(cited: Sequence[Json]) -> list[Element]:
    return [_cited(one) for one in cited] or [tag("p", "Nothing is cited.", cls="small")]


def _by_side(cited: Sequence[Json]) -> list[Element]:
    made = []
    for side, name in SIDES.items():
        those = [one for one in cited if one["stance"] == side.value]
        title = tag("h5", f"{name} ({len(those)})")
        if side is Stance.UNCLEAR and those:
            made.append(folded(title, [_cited(one) for one in those], cls="plain", open_=len(those) == len(cited)))
        else:
            made.append(tag("div", title, [_cited(one) for one in those]))
    return made


def _cited(one: Json) -> Element:
    not_gold = "not gold on this side" if one["stance"] else "not gold"
    how = ("bad", f"✗ {one['fault']}") if one["fault"] else ("good", "✓ gold") if one["correct"] else ("", not_gold)
    about = " · ".join(str(one[key]) for key in ("title", "speaker", "date") if one[key])
    return _quoted(one, how, f"{one['source']} {one['start']}:{one['end']}", about)


def _gold(one: Json, cited: Sequence[Json]) -> Element:
    if one["lost"]:
        return _quoted(one, ("bad", "✗ lost"), one["source"], one["lost"])
    by = [other for other in cited if other["document"] == one["document"] and _matches(other, one)]
    sides = ", ".join(dict.fromkeys(other["stance"] for other in by if other["stance"]))
    right = "good" if any(other["correct"] for other in by) else "partly"
    how = (right, f"✓ cited{f' as: {sides}' if sides else ''}") if by else ("bad", "✗ not cited")
    return _quoted(one, how, " ".join([one["source"], *(f"{start}:{end}" for start, end in one["spans"])]), "")


def _matches(cited: Json, gold: Json) -> bool:
    return any(covers(Span(cited["start"], cited["end"]), Span(*span)) for span in gold["spans"])


def _quoted(one: Json, how: tuple[str, str], place: str, about: str) -> Element:
    around = one["around"] or {"before": "", "after": ""}
    quote = tag("blockquote", _end(around["before"]), tag("mark", one["quote"]), _beginning(around["after"]))
    head = tag("p", tag("span", how[1], cls=f"badge {how[0]}"), " ", place, cls="small")
    return tag("div", head, quote, tag("p", about, cls="small") if about else None, cls="quoted")


def _end(text: str) -> str:
    text = _BLANK.sub("\n", text)
    return text if len(text) <= AROUND else f"…{text[-AROUND:].partition(' ')[2]}"


def _beginning(text: str) -> str:
    text = _BLANK.sub("\n", text)
    return text if len(text) <= AROUND else f"{text[:AROUND].rpartition(' ')[0]} …"


def _ranking(record: Record) -> Child:
    if not record.found:
        return None
    return folded(
        f"Found ({len(record.found)})", tag("ol", [tag("li", _found(one)) for one in record.found]), cls="plain"
    )


def _found(one: Json) -> Child:
    if "text" not in one:
        return [str(one["source"]), _small(f"grade {one['grade']}")]
    return [f"{one['source']} {one['start']}:{one['end']}", _small(f"{one['found_by']}: {short(one['text'], 200)}")]


def _scores(record: Record) -> Child:
    if not record.scores:
        return None
    told = [
        tag("li", f"{one.name}: ", tag("b", shown(one.value)), "" if _higher(one.name) else " (less is better)")
        for one in record.scores
    ]
    return folded(f"Scores ({len(told)})", tag("ul", told, cls="columns"), cls="plain")


def _higher(name: str) -> bool:
    return name not in BY_NAME or BY_NAME[name].higher


def _list(title: str, items: Sequence[T], of: Callable[[T], Child], name: str = "ul") -> Child:
    return [tag("h4", title), tag(name, [tag("li", of(one)) for one in items])] if items else None


def _small(text: str) -> Element:
    return tag("span", f" {text}", cls="small")

"""Makes sheets of passages that our retrieval finds for ideas and questions, and collects the labels given to them.

    python -m eval.training.labelling.sheets ingest --data ../shared/data --work DIR [CORPUS …]
    python -m eval.training.labelling.sheets sheets --work DIR [CORPUS …]
    python -m eval.training.labelling.sheets claim --work DIR --by NAME [--kind idea] [--count 5] [--again]
    python -m eval.training.labelling.sheets collect --work DIR
    python -m eval.training.labelling.sheets agree

``--work`` is a folder outside of the repository: it holds a library for each corpus, and ``labelling/`` with the sheets
(passages in the documents' words), the places of their passages, who claimed which sheet, and what each labeller wrote.
Each command does only what is not yet done.
The repository holds what is asked (``asked.jsonl``) and, for each labelled passage, its place and label.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from assistant.build import build_embedder
from assistant.library.library import Library
from assistant.model.embedding import Embedder
from assistant.pressure.assumptions import of_words
from assistant.pressure.evidence_retrieval import searches
from assistant.search.retrieval import candidates, spread
from assistant.settings import Settings
from assistant.types import Passage
from ingest.sync import sync

HERE = Path(__file__).parent
ASKED, SPLIT, LABELS = HERE / "asked.jsonl", HERE / "split.toml", HERE / "labels"
MADE_FROM = ("train", "thresholds")  # the parts of the split of which sheets may be made
READ = {"idea": 40, "question": 12}  # passages of a sheet
FOR_EACH_SEARCH = 30  # passages that each search for an idea gives to be fused
LATE = 20.0  # constant of reciprocal rank: the first of one search counts as two that are 22nd of theirs
TWICE = 10  # one sheet in so many is labelled a second time
LETTERS = {
    "idea": {"s": "supports", "c": "challenges", "u": "unclear"},
    "question": {"a": "answers", "p": "partly"},
}
_MARK = re.compile(r"(\d+)((?:[a-z]\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)+)$")
_PART = re.compile(r"([a-z])([\d,-]+)")


class Asked(NamedTuple):
    """An idea or a question that we wrote for a corpus, so that people can label the passages that a search finds for
    it. ``against`` is what an opponent of the idea would say; empty for a question. ``near_miss`` says that the
    question was written so that the corpus nearly answers it, but does not.
    """

    id: str
    kind: str  # idea | question
    corpus: str
    text: str
    against: str = ""
    near_miss: bool = False  # meant not to be answered; what the labels say counts


class LabelError(Exception):
    """Raised when a line that a labeller wrote cannot be read."""


def asked() -> list[Asked]:
    """All ideas and questions that we wrote for labelling, in the order in which they were written."""
    return [Asked(**json.loads(line)) for line in ASKED.read_text("utf-8").splitlines() if line.strip()]


def corpora(parts: Sequence[str] = MADE_FROM) -> list[str]:
    """The names of the corpora in the given parts of ``split.toml``, the file that says what each corpus is used for. A
    part is, for example, ``train`` or ``thresholds``; these two are the default.
    """
    split = tomllib.loads(SPLIT.read_text("utf-8"))
    return [corpus for part in parts for corpus in split[part]]


# Sheets


def ingest(data: Path, work: Path, names: Sequence[str]) -> None:
    """Read each corpus in ``data`` into a library of its own in ``work``, or update that library. ``names`` are the
    names of the corpora; if there are none, the corpora that ``corpora`` returns by default are read.
    """
    for corpus in names or corpora():
        settings = _settings(work, corpus)
        embedder = build_embedder(settings)
        with Library.open(settings, embedder, create=True) as library:
            report = sync([data / "corpora" / corpus], library, settings, embedder)
            print(f"{corpus}: {len(report.failed)} failed, {library.searched()}", flush=True)


def write_sheets(work: Path, names: Sequence[str] = (), most: int | None = None) -> None:
    """Write a sheet (a text with the passages to label) for each idea and question that still has to be labelled and
    has no sheet yet. Also write, for each sheet, a file that says in which document each passage is, and where in it.
    ``names`` are the corpora whose ideas and questions are taken; if there are none, those that ``corpora`` returns by
    default. Each corpus must already have a complete library in ``work``.

    ``most`` is the largest number of passages on a sheet; by default, the number in ``READ``.
    """
    folder = work / "labelling"
    for name in ("sheets", "places", "labels", "claims"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    done = labellers()
    missing = [
        one
        for one in asked()
        if not (folder / "places" / f"{one.id}.json").exists()
        and (one.id not in done or (is_twice(one.id) and len(done[one.id]) == 1))
    ]
    for corpus in names or corpora():
        own = [one for one in missing if one.corpus == corpus]
        if not own:
            continue
        settings = _settings(work, corpus)
        embedder = build_embedder(settings)
        with Library.open(settings, embedder) as library:
            for one in own:
                write_sheet(one, passages_to_label(one, library, embedder)[:most], library, folder)
                print(one.id, flush=True)


def passages_to_label(one: Asked, library: Library, embedder: Embedder) -> list[Passage]:
    """The passages that labellers should label for a question or idea, best first.

    For a question, these are the results of a search. For an idea, they are the results of several searches, merged by
    reciprocal rank: for the idea; for each of its clauses; again for the idea and each clause, with words of criticism
    or success added, such as "costs too much"; and for what an opponent of the idea would say (``one.against``).
    """
    if one.kind == "question":
        return [c.passage for c in spread(candidates(one.text, embedder.query(one.text), library))[: READ["question"]]]
    queries = dict.fromkeys([one.text, *(query for part in of_words(one.text) for query in searches(part))])
    scores: dict[str, float] = defaultdict(float)
    passages: dict[str, Passage] = {}
    for query in [*queries, *([one.against] if one.against else [])]:
        weight = 2.0 if query in (one.text, one.against) else 1.0
        for place, candidate in enumerate(spread(candidates(query, embedder.query(query), library))[:FOR_EACH_SEARCH]):
            scores[candidate.passage.id] += weight / (LATE + place)
            passages[candidate.passage.id] = candidate.passage
    return [passages[id] for id in sorted(scores, key=lambda id: (-scores[id], id))[: READ["idea"]]]


def write_sheet(one: Asked, passages: Sequence[Passage], library: Library, folder: Path) -> None:
    """Write the sheet on which labellers read the passages for a question or idea (``one``), and a file that says in
    which document each passage is, and where in it. They are written to the subfolders ``sheets`` and ``places`` of
    ``folder``. ``passages`` begin with the best; ``library`` has their documents.

    On the sheet, the passages of a document are in the order of the document; the documents are in random order, so
    that their order does not show how high the search ranked them.
    """
    rank = {passage.id: place for place, passage in enumerate(passages)}
    documents = sorted({passage.about.id for passage in passages})
    random.Random(one.id).shuffle(documents)
    ordered = sorted(passages, key=lambda p: (documents.index(p.about.id), p.start))
    lines = [f"##### {one.id} {one.kind}: {one.text}", ""]
    places = []
    for number, passage in enumerate(ordered, 1):
        lines += [f"({number}) {_heading(passage)}", _marked(passage), ""]
        text = library.document(passage.about.id).text
        places.append(
            {
                "file": _file(passage, one.corpus),
                "text_sha256": hashlib.sha256(text.encode()).hexdigest()[:16],
                "start": passage.start,
                "end": passage.end,
                "rank": rank[passage.id],
                "sentences": [[sentence.start, sentence.end] for sentence in passage.sentences],
            }
        )
    (folder / "sheets" / f"{one.id}.txt").write_text("\n".join(lines), "utf-8")
    kept = folder / "places" / f"{one.id}.json"
    kept.with_suffix(".new").write_text(json.dumps({"asked": one._asdict(), "passages": places}), "utf-8")
    kept.with_suffix(".new").replace(kept)


def _heading(passage: Passage) -> str:
    date = f", {passage.about.date}" if passage.about.date else ""
    return f"{passage.about.title}{date} | {' > '.join(passage.headings)}"


def _marked(passage: Passage) -> str:
    """The text of a passage, with a number before each sentence."""
    return " ".join(
        f"[{number}] {' '.join(passage.text[s.start - passage.start : s.end - passage.start].split())}"
        for number, s in enumerate(passage.sentences, 1)
    )


def _file(passage: Passage, corpus: str) -> str:
    """The path of the passage's document within the corpus."""
    return passage.about.source.removeprefix(f"{corpus}/")


def _settings(work: Path, corpus: str) -> Settings:
    return Settings(home=work, library=corpus)


# Labels


def claim(work: Path, by: str, kind: str | None, count: int, again: bool) -> list[Path]:
    """Reserve the next ``count`` sheets for the labeller ``by``, and return their paths; fewer if not that many are
    left. ``work`` is the folder in which the sheets were written. Only sheets that nobody has labelled or reserved are
    taken. With ``again``, sheets for a second labeller are taken instead: those that two people are to label, and that
    exactly one other person has labelled or reserved. ``kind`` is ``idea`` or ``question``; None for both.
    """
    folder = work / "labelling"
    taken: list[Path] = []
    done = labellers()
    for one in asked():
        if len(taken) == count:
            break
        sheet = folder / "sheets" / f"{one.id}.txt"
        if (kind and one.kind != kind) or not sheet.exists() or (again and not is_twice(one.id)):
            continue
        first = folder / "claims" / one.id
        had = done.get(one.id, set()) | ({first.read_text("utf-8").strip()} if first.exists() else set())
        if (by in had or len(had) != 1) if again else had:
            continue
        try:
            with (first.with_suffix(".again") if again else first).open("x", encoding="utf-8") as file:
                file.write(by)
        except FileExistsError:
            continue
        taken.append(sheet)
    return taken


def is_twice(id: str) -> bool:
    """Whether the sheet of the question or idea with this id is to be labelled by two people."""
    return int(hashlib.sha256(id.encode()).hexdigest(), 16) % TWICE == 0


def read_line(line: str, places: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Read the line that a labeller wrote for one sheet, and return a label for each passage of the sheet. ``places``
    has the sheet's passages and their sentences.

    A line such as ``i001 3s2 5c1,3-4 7s1c3 9u2 .`` has the id of the sheet, then the passages whose label is not
    ``no``: each with its number, the letter of its label, and the numbers of the sentences to which the label applies.
    The letters are ``s`` (supports), ``c`` (challenges) and ``u`` (unclear) for an idea, ``a`` (answers) and ``p``
    (partly) for a question. A passage in which some sentences are for an idea and others are against it has two
    letters, such as ``7s1c3``. The full stop says that all passages were read.

    Raises:
        LabelError: the line names a passage, label or sentence that does not exist, names one twice, gives a passage
            labels that exclude each other, or does not end with a full stop.
    """
    id, *marks = line.split()
    if not marks or marks.pop() != ".":
        raise LabelError(f"{id} does not end with a full stop")
    asked_of, passages = places["asked"], places["passages"]
    spans: dict[int, dict[str, list[list[int]]]] = {}
    for mark in marks:
        match = _MARK.match(mark)
        number = int(match[1]) if match else 0
        if not match or not 0 < number <= len(passages) or number in spans:
            raise LabelError(f"{id}: {mark}")
        spans[number] = {}
        for letter, listed in _PART.findall(match[2]):
            label = LETTERS[asked_of["kind"]].get(letter)
            sentences = list(_numbers(listed))
            known = passages[number - 1]["sentences"]
            if label is None or label in spans[number] or not all(0 < n <= len(known) for n in sentences):
                raise LabelError(f"{id}: {mark}")
            spans[number][label] = [known[n - 1] for n in sentences]
        if len(spans[number]) > 1 and set(spans[number]) != {"supports", "challenges"}:
            raise LabelError(f"{id}: {mark} has labels that exclude each other")
    return [_labelled(asked_of, place, spans.get(number, {})) for number, place in enumerate(passages, 1)]


def _labelled(asked_of: Mapping[str, Any], place: Mapping[str, Any], spans: Mapping[str, Any]) -> dict[str, Any]:
    label = "both" if len(spans) > 1 else next(iter(spans), "no")
    given = {"asked": asked_of["id"], "corpus": asked_of["corpus"], "file": place["file"], "start": place["start"]}
    return {**given, "end": place["end"], "label": label, **({"spans": dict(spans)} if spans else {})}


def _numbers(listed: str) -> Iterator[int]:
    """Yield the numbers in a list such as ``1,3-5``."""
    for part in listed.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


def collect(work: Path) -> None:
    """Read the labels that labellers wrote to files in ``work``, add them to the labels that are stored in the
    repository, and print how many labels of each kind the repository now has. A line that cannot be read is left out,
    and the reason is printed.
    """
    folder = work / "labelling"
    kept = {_key(one): one for one in labelled()}
    texts = {(one["corpus"], one["file"]): one["text_sha256"] for one in _lines(LABELS / "files.jsonl")}
    kinds = {one.id: one.kind for one in asked()}
    for path in sorted((folder / "labels").glob("*.txt")):
        for line in path.read_text("utf-8").splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            try:
                places = _places(folder, line.split()[0], kinds)
                for one in read_line(line, places):
                    signed = {**one, "by": path.stem}
                    kept[_key(signed)] = signed
            except (LabelError, OSError) as problem:
                print(f"{path.name}: {problem}")
                continue
            corpus = places["asked"]["corpus"]
            texts |= {(corpus, place["file"]): place["text_sha256"] for place in places["passages"]}
    for kind in READ:
        own = [kept[key] for key in sorted(kept) if kinds[kept[key]["asked"]] == kind]
        _write(LABELS / f"{kind}s.jsonl", packed(own))
        counts = Counter(one["label"] for one in own)
        sheets = len({(one["asked"], one["by"]) for one in own})
        print(f"{kind}s: {len(own)} pairs on {sheets} sheets, {dict(counts)}")
    named = {(one["corpus"], one["file"]) for one in kept.values()}
    files = [{"corpus": c, "file": f, "text_sha256": texts[c, f]} for c, f in sorted(named)]
    _write(LABELS / "files.jsonl", files)


def _places(folder: Path, id: str, known: Container[str]) -> dict[str, Any]:
    places: dict[str, Any] = json.loads((folder / "places" / f"{id}.json").read_text("utf-8"))
    if places["asked"]["id"] not in known:
        raise LabelError(f"{id} is not asked in {ASKED}")
    return places


def labelled() -> list[dict[str, Any]]:
    """All labels that are stored in the repository. Each is the label that one labeller gave to one passage."""
    return [one for kind in READ for sheet in _lines(LABELS / f"{kind}s.jsonl") for one in unpacked(sheet)]


def packed(labels: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Pack all labels that one labeller gave on one sheet into one object, and yield these objects. In an object,
    passages with the label "no" are given only by their places, all others with their labels.
    """
    for (asked_of, corpus, by), own in groupby(labels, key=lambda one: (one["asked"], one["corpus"], one["by"])):
        no: dict[str, list[list[int]]] = defaultdict(list)
        rest = []
        for one in own:
            if one["label"] == "no":
                no[one["file"]].append([one["start"], one["end"]])
            else:
                rest.append({key: one[key] for key in ("file", "start", "end", "label", "spans")})
        yield {"asked": asked_of, "corpus": corpus, "by": by, "bears": rest, "no": no}


def unpacked(sheet: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each label in ``sheet``, an object that ``packed`` made. With a label come the id of the question or idea,
    the corpus, the labeller, and the place of the passage.
    """
    of = {key: sheet[key] for key in ("asked", "corpus", "by")}
    yield from ({**of, **one} for one in sheet["bears"])
    for file, places in sheet["no"].items():
        yield from ({**of, "file": file, "start": start, "end": end, "label": "no"} for start, end in places)


def labellers() -> dict[str, set[str]]:
    """The names of the people who labelled each sheet, by the id of the sheet. Only labels that are stored in the
    repository count.
    """
    by: dict[str, set[str]] = defaultdict(set)
    for one in labelled():
        by[one["asked"]].add(one["by"])
    return by


def _key(one: Mapping[str, Any]) -> tuple[str, str, str, int]:
    return (one["asked"], one["by"], one["file"], one["start"])


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


# Agreement


def agree() -> None:
    """Print how well two people agree on the passages that both labelled, as Cohen's kappa: on whether a passage is
    relevant, on the label of passages that both found relevant, and on all labels.
    """
    by_pair: dict[tuple[str, str, int], dict[str, str]] = defaultdict(dict)
    for one in labelled():
        by_pair[one["asked"], one["file"], one["start"]][one["by"]] = one["label"]
    kinds = {one.id: one.kind for one in asked()}
    for kind in READ:
        twice = [
            tuple(of[name] for name in sorted(of)[:2])
            for (id, _, _), of in by_pair.items()
            if kinds[id] == kind and len(of) > 1
        ]
        bears = [(a != "no", b != "no") for a, b in twice]
        side = [(a, b) for a, b in twice if "no" not in (a, b)]
        told: Sequence[tuple[str, Sequence[tuple[Any, ...]]]]
        told = (("any", bears), ("which, where both say any", side), ("all labels", twice))
        for name, pairs in told:
            print(f"{kind}, {name}: kappa {kappa(pairs):.2f} of {len(pairs)}")


def kappa(pairs: Sequence[tuple[Any, ...]]) -> float:
    """Cohen's kappa (the agreement beyond chance) of pairs of labels; each pair has the labels that two people gave to
    the same thing. NaN if there are no pairs or all labels are the same.
    """
    if not pairs:
        return float("nan")
    agreed = sum(a == b for a, b in pairs) / len(pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    by_chance = sum(first[label] * second[label] for label in first) / len(pairs) ** 2
    return (agreed - by_chance) / (1 - by_chance) if by_chance < 1 else float("nan")


def main() -> None:
    """Run the step of labelling that the command line names, such as ``sheets`` or ``collect``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("step", choices=("ingest", "sheets", "claim", "collect", "agree"))
    parser.add_argument("corpora", nargs="*", help="for ingest and sheets; else those of train and thresholds")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--work", type=Path, default=Path("/tmp/pushback-labelling"))
    parser.add_argument("--by", default="")
    parser.add_argument("--kind", choices=tuple(READ))
    parser.add_argument("--count", type=int, default=5)
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--passages", type=int, help="of a sheet, the best ones")
    given = parser.parse_intermixed_args()
    match given.step:
        case "ingest":
            ingest(given.data, given.work, given.corpora)
        case "sheets":
            write_sheets(given.work, given.corpora, given.passages)
        case "claim":
            if not re.fullmatch(r"[a-z][a-z0-9]*", given.by):
                parser.error("--by NAME: a word in small letters")
            print(*claim(given.work, given.by, given.kind, given.count, given.again), sep="\n")
        case "collect":
            collect(given.work)
        case "agree":
            agree()


if __name__ == "__main__":
    main()

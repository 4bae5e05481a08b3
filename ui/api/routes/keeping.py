"""The routes for documents, uploads, feedback and stored verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from assistant import wire
from assistant.errors import SettingsError
from assistant.library.library import Library
from assistant.library.records import Correction
from ui.api import jobs, limits
from ui.api.desk import Desk
from ui.api.faults import JsonReply
from ui.api.forms import CorrectionRequest, Line, Opined
from ui.api.people import Person
from ui.api.routes.seams import FAULTS, desk_of, editor, reader
from ui.jobs.work import INGEST
from ui.work import corrections, uploads

routes = APIRouter(prefix="/v1", tags=["library"], responses=FAULTS)
FIELD = "files"
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "properties": {FIELD: {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            }
        },
    }
}
Named = Annotated[Line | None, Query(alias="library", description="The library; the one that is served if left out.")]


@routes.get("/documents")
def documents(
    person: Annotated[Person, Depends(reader)], desk: Annotated[Desk, Depends(desk_of)], named: Named = None
) -> Response:
    """List the documents of a library. The query parameter `library` (``named``) names the library; if it is left out,
    the default library is used. The response is what `pushback documents --json` prints."""
    library = desk.library(named, person)
    return JsonReply(
        [
            {**wire.entry(e.about, passages=e.passages, state=e.state, sources=e.sources), **wire.versions(e)}
            for e in library.entries()
        ]
    )


@routes.get("/documents/{key:path}")
def show(
    key: Line, person: Annotated[Person, Depends(reader)], desk: Annotated[Desk, Depends(desk_of)], named: Named = None
) -> Response:
    """Show a document with its text; `key` is the document's id or source. Positions in citations count characters of
    this text. The response is what `pushback show --json` prints.

    The query parameter `library` (``named``) names the library; if it is left out, the default library is used.
    """
    library = desk.library(named, person)
    document = library.document(key)
    entry = next(entry for entry in library.entries() if entry.about.id == document.id)
    told = wire.document(document, passages=entry.passages, state=entry.state, sources=entry.sources)
    return JsonReply({**told, **wire.versions(entry)})


@routes.patch("/documents/{key:path}")
def correct(
    key: Line,
    said: CorrectionRequest,
    person: Annotated[Person, Depends(editor)],
    desk: Annotated[Desk, Depends(desk_of)],
) -> Response:
    """Set a document's title, author or date, or undo earlier corrections; `key` is the document's id or source. The
    values that are set stay when the file is read again. The response is what `pushback correct --json` prints."""
    library = desk.library(said.library, person)
    document = library.document(key)
    if said.as_read:
        corrections.take_back(document, library)
    else:
        corrections.correct(document, Correction(said.title, said.author, said.date), library)
    return JsonReply(_entry(library, document.id))


@routes.delete("/documents/{key:path}")
def remove(
    key: Line, person: Annotated[Person, Depends(editor)], desk: Annotated[Desk, Depends(desk_of)], named: Named = None
) -> Response:
    """Remove a document, as `pushback remove` does; `key` is the document's id or source. If the document was uploaded,
    its file is moved to another folder. The response has the document's source (`removed`) and id (`document`).

    The query parameter `library` (``named``) names the library; if it is left out, the default library is used.
    """
    library, settings = desk.library(named, person), desk.named(named, person)
    about = library.document(key).about
    with library.writing() as writer:
        paths = [file.path for file in writer.known().values() if file.document == about.id]
        writer.remove(paths)
    for path in uploads.of(settings, paths):
        uploads.put_by(path)
    return JsonReply({"removed": about.source, "document": about.id})


@routes.post("/ingest", status_code=202, openapi_extra=FORM)
async def ingest(
    request: Request,
    person: Annotated[Person, Depends(editor)],
    desk: Annotated[Desk, Depends(desk_of)],
    named: Named = None,
) -> Response:
    """Upload files in a multipart form, each as a part named `files`. A job reads them into the library, and the
    response is the state of this job. The job's result is what `pushback ingest --json` prints for these files.

    The query parameter `library` (``named``) names the library; if it is left out, the default library is used. A
    library that does not exist is created.
    """
    settings = desk.named(named, person)
    await run_in_threadpool(limits.check_jobs, person, desk.jobs)
    async with request.form() as form:
        files = [one for one in form.getlist(FIELD) if isinstance(one, UploadFile) and one.filename]
        if not files:
            hint = "Send a form (multipart/form-data) with a part called files for each, and a name for each."
            raise SettingsError("No file came with the request.", hint=hint)
        kept = await run_in_threadpool(uploads.keep, settings, _read(files))

    names = [str(path.relative_to(uploads.folder(settings))) for path in kept]
    asked = {"library": settings.library, "files": names}
    about = "1 file" if len(kept) == 1 else f"{len(kept):,} files"
    return JsonReply(await run_in_threadpool(jobs.begin, desk.jobs, INGEST, about, asked, person.owner), 202)


@routes.get("/feedback")
def feedback(
    person: Annotated[Person, Depends(reader)],
    desk: Annotated[Desk, Depends(desk_of)],
    conversation: Line,
    named: Named = None,
) -> Response:
    """List the feedback on the answers of one of your conversations; `conversation` is its id.

    The query parameter `library` (``named``) names the library; if it is left out, the default library is used.
    """
    library = desk.library(named, person)
    library.conversations.check_owner(conversation, person.owner)
    return JsonReply([one._asdict() for one in library.conversations.feedback(conversation)])


@routes.post("/feedback")
def give_feedback(
    said: Opined, person: Annotated[Person, Depends(reader)], desk: Annotated[Desk, Depends(desk_of)]
) -> Response:
    """Rate an answer as `good` or `bad`, or one of its citations as `wrong evidence`.

    The new feedback replaces earlier feedback. `pushback eval cases` makes test cases of answers that are rated bad.
    """
    library = desk.library(said.library, person)
    library.conversations.check_owner(said.conversation, person.owner)
    _check_citation(library, said)
    library.conversations.give_feedback(
        said.conversation, said.turn, said.verdict, citation=said.citation, note=said.note.strip()
    )
    return JsonReply(
        [one._asdict() for one in library.conversations.feedback(said.conversation) if one.turn == said.turn]
    )


@routes.get("/verdicts")
def verdicts(
    person: Annotated[Person, Depends(reader)], desk: Annotated[Desk, Depends(desk_of)], named: Named = None
) -> Response:
    """List your earlier verdicts on ideas, the latest first. The response is what `pushback verdicts --json` prints.

    The query parameter `library` (``named``) names the library; if it is left out, the default library is used.
    """
    return JsonReply([one._asdict() for one in desk.library(named, person).verdicts.listed(person.owner)])


@routes.get("/verdicts/{id}")
def verdict(
    id: Line, person: Annotated[Person, Depends(reader)], desk: Annotated[Desk, Depends(desk_of)], named: Named = None
) -> Response:
    """Show one of your earlier verdicts on ideas; `id` is the verdict's id. The response is what `pushback verdicts
    show --json` prints.

    The query parameter `library` (``named``) names the library; if it is left out, the default library is used.
    """
    from ui.reports import stored_verdicts

    library = desk.library(named, person)
    kept = stored_verdicts.own(library, id, person.owner)
    report = stored_verdicts.report(library, id, kept.verdict, kept.listed.created)
    faults = [
        {**wire.citation(citation), "standing": told.name.lower()}
        for citation, told in report.standing.items()
        if told.value
    ]
    return JsonReply({**wire.verdict(report.verdict), "id": id, "created": report.created, "faults": faults})


def _entry(library: Library, id: str) -> wire.Json:
    e = next(entry for entry in library.entries() if entry.about.id == id)
    return {**wire.entry(e.about, passages=e.passages, state=e.state, sources=e.sources), **wire.versions(e)}


def _check_citation(library: Library, said: Opined) -> None:
    """Check that the rated answer has a citation with the number in the feedback. A missing answer is reported
    elsewhere.

    Raises:
        SettingsError: the answer has no citation with this number.
    """

    turns = library.conversations.turns(said.conversation)
    if said.citation is None or said.turn > len(turns):
        return
    cited = wire.stored_answer(turns[said.turn - 1]).cited
    if said.citation > len(cited):
        raise SettingsError(f"The answer has {len(cited)} citations.", hint="They are numbered as they come, from 1.")


def _read(files: list[UploadFile]) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each file. Only one file is in memory at a time."""
    for one in files:
        yield one.filename or "", one.file.read()

"""Turns a PDF into a draft, with PDFium: the text that each page shows, and the title and author in the file's
properties.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from assistant.errors import SourceError
from ingest.drafts import Draft, Metadata, collapse
from ingest.limits import more_time, reached
from ingest.reading import remarks
from ingest.reading.pdf import pdf_blocks, pdf_margins, pdf_notes, pdf_tables
from ingest.reading.pdf.pdf_lines import UNSEEN, Line, Sheet, sheets
from ingest.reading.pdf.pdf_order import arrange
from ingest.reading.remarks import Comment

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

PAGES = 5_000  # a bound on the work: a file of more can be split
PAGES_AT_ONCE, SECONDS_A_PAGE = 10, 0.2  # of processor time, beyond a file's own; a full page takes 0.03
CHARACTERS = 20_000_000  # a shelf of books
# Characters of a small file that shows one text on thousands of pages, which would take minutes: so many for each of
# its bytes, beyond those that any file may have. Prose in one of a book's fonts has 1.5.
A_BYTE, ANYHOW = 10, 1_000_000
PASSWORD_ERROR = 4  # FPDF_ERR_PASSWORD
SECURITY_ERROR = 5  # FPDF_ERR_SECURITY
NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|excel|office)\b.*|.*\.(?:docx?|pptx?|xlsx?|pdf|indd|qxd|odt|rtf|tex|dvi|html?|pages)"
    r"|\(?(?:untitled|unbenannt|anonymous|document|presentation|slide|unknown|title|no ?name|print|layout|book)\)?"
    r"[\s\d._-]*"
    r"|(?:powerpoint|word) (?:presentation|document)|[a-z]+:\S+|\S*[\\/]\S*|[\W\d_]*",
    re.IGNORECASE,
)
NO_AUTHOR = re.compile(
    r"(?:microsoft|office|windows|adobe|apple|google|canva|hp|dell)\b.*|.*\b(?:user|owner|admin(?:istrator)?|root|"
    r"unknown|anonymous|author|acrobat|distiller|latex|pdftex|quartz)\)?|[\W\d_]*",
    re.IGNORECASE,
)
XMP = 1 << 16  # bytes of a packet, at most: a bound on what is parsed
TITLE_WORDS = 24  # what is longer is a sentence; as in ``ingest.structure.outline``
TITLE_LENGTH = 300  # characters: what is longer is text and no title
IMAGE = "is an image without text"
DAMAGED = "cannot be read"
SAMPLE = 2_000  # lines, the first, that tell whether the letters are what they seem; a guess
UNMAPPED = re.compile("[\ufffd\ue000-\uf8ff]")  # characters without a meaning
LOST = 0.3  # of all characters: with more of them lost a text cannot be read; a guess, not measured
LATIN = re.compile(r"(?<![\w.-])[A-Za-zÀ-ÖØ-öø-ɏ]{3,}(?![\w.-])")
ENOUGH = 15  # different words from which their vowels tell: fewer may be abbreviations; a guess, not measured
FEWEST_VOWELS = 0.2  # of the letters: in written languages they are 0.35 to 0.5


class Page(NamedTuple):
    """A page of a PDF: its text, and the notes that people attached to it (``remarks``). The text is divided into
    sheets: a sheet has all lines of the page with the same rotation. The first sheet has the rotation of most
    characters.

    ``wanting`` says why the page has no text, such as "is an image without text"; it is empty if the page has text or
    if nothing is drawn on it.
    """

    number: int
    sheets: list[Sheet]
    wanting: str
    remarks: tuple[Comment, ...] = ()


def read(data: bytes) -> Draft:
    """Read a PDF as a draft: paragraphs, headings, list items and rows, each with the number of the page on which it
    begins.

    Raises:
        SourceError: the file is encrypted, damaged or too long, or none of its pages has readable text.
    """
    from pypdfium2 import PdfiumError

    try:
        document = _open(data)
        try:
            pages = list(_pages(document, len(data)))
            metadata = {key: _info(document, key) for key in ("Title", "Author", "CreationDate")}
        finally:
            document.close()
    except PdfiumError as exc:
        raise SourceError("is damaged, or no PDF at all.") from exc
    if not any(page.sheets for page in pages):
        raise SourceError(_why_nothing(pages))
    lines = _lines(pages)
    if _is_garbled(lines):
        raise SourceError("its text layer cannot be read, its letters stand for others; it needs OCR first.")
    usual = pdf_blocks.body(lines)
    found = pdf_blocks.blocks(lines, usual)
    pieces = pdf_tables.named(found, pdf_blocks.pieces(found, usual))
    said = [remark for page in pages for remark in page.remarks]
    pieces += remarks.pieces(said, is_levelled=any(piece.level for piece in pieces))
    return Draft("application/pdf", tuple(pieces), _metadata(metadata, data, pdf_blocks.largest(found, usual)))


def _is_garbled(lines: Sequence[Line]) -> bool:
    """Whether the text layer has other letters than those that the page shows: it has almost no vowels, or many
    characters without a meaning.
    """
    text = " ".join(line.text for line in islice(lines, SAMPLE))
    unknown = sum(1 for _ in UNMAPPED.finditer(text))
    if unknown > LOST * max(1, len(text)):
        return True
    words = {word.lower() for word in LATIN.findall(text)}  # each once: a price list says "pcs" on every line
    letters = unicodedata.normalize("NFD", "".join(words)).lower()
    vowels = sum(letters.count(vowel) for vowel in "aeiouy")
    return len(words) >= ENOUGH and vowels < FEWEST_VOWELS * len("".join(words))


def _why_nothing(pages: Sequence[Page]) -> str:
    """The error message for a document that has no text on any page."""
    wanting = {page.wanting for page in pages}
    if IMAGE in wanting:
        what = f"{len(pages)} pages are images" if len(pages) > 1 else "page is an image"
        return f"its {what} without text; it needs OCR first."
    return "is damaged: no page of it can be read." if DAMAGED in wanting else "its pages are empty."


def _info(document: PdfDocument, key: str) -> str:
    """An entry of the PDF's properties, such as "Title"; empty if it is missing or cannot be decoded."""
    try:
        return str(document.get_metadata_value(key))
    except UnicodeDecodeError:
        return ""


def _open(data: bytes) -> PdfDocument:
    """Open a PDF. PDFium tries an empty password, which opens files that only forbid printing and the like.

    Raises:
        SourceError: the file needs a password, is encrypted in another way, or has no page or too many.
    """
    from pypdfium2 import PdfDocument, PdfiumError

    try:
        document = PdfDocument(data)
    except PdfiumError as exc:
        if exc.err_code == PASSWORD_ERROR:
            raise SourceError("it is encrypted and needs a password.") from exc
        if exc.err_code == SECURITY_ERROR:
            raise SourceError("it is encrypted in a way that cannot be read.") from exc
        raise
    if not 0 < len(document) <= PAGES:
        count = len(document)
        document.close()
        raise SourceError(f"it claims {count:,} pages; from 1 to {PAGES:,} can be read.")
    return document


def _pages(document: PdfDocument, size: int) -> Iterator[Page]:
    from pypdfium2 import PdfiumError

    count, most = 0, min(CHARACTERS, max(ANYHOW, A_BYTE * size))
    for index in range(len(document)):
        try:
            page = document[index]
        except PdfiumError:
            yield Page(index + 1, [], DAMAGED)
            continue
        try:
            found = sheets(page, index + 1)
            said = tuple(pdf_notes.remarks(page, index + 1))
            yield Page(index + 1, found, "" if found or _is_empty(page) else IMAGE, said)
        except PdfiumError:
            yield Page(index + 1, [], DAMAGED)
        finally:
            page.close()
        if (index + 1) % PAGES_AT_ONCE == 0:
            more_time(PAGES_AT_ONCE * SECONDS_A_PAGE)
            reached(index + 1, len(document))
        count += sum(len(line.text) for sheet in found for line in sheet.lines)
        if count > most:
            what = "" if most == CHARACTERS else f", {A_BYTE} for each byte of the file, and repeats itself"
            raise SourceError(f"it holds more than {most:,} characters{what}; split it.")


def _lines(pages: Sequence[Page]) -> list[Line]:
    """The lines of all pages in reading order; a line that is not content has a reason."""
    upright = [page.sheets[0] for page in pages if page.sheets]
    usual = pdf_blocks.body(line for sheet in upright for line in sheet.lines)
    marked = iter(pdf_margins.mark(upright, usual))
    lines: list[Line] = []
    for page in pages:
        if page.wanting:
            lines.append(Line("", 0, 0, 0, 0, 0, page=page.number, reason=f"page {page.number} {page.wanting}"))
        if page.sheets:
            lines += _arranged(next(marked))
        for turned in page.sheets[1:]:
            lines += arrange(turned.lines)
    return lines


def _arranged(sheet: Sheet) -> list[Line]:
    """The lines of a page in reading order: its header, its text, its footer."""
    aside = sorted((line for line in sheet.lines if line.reason), key=lambda line: (round(line.bottom / 4), line.left))
    above = [line for line in aside if line.top < 0.5 * sheet.height]
    return [*above, *arrange([line for line in sheet.lines if not line.reason]), *aside[len(above) :]]


def _is_empty(page: PdfPage) -> bool:
    """Whether nothing at all is drawn on the page."""
    return next(page.get_objects(max_depth=1), None) is None


def _metadata(metadata: Mapping[str, str], data: bytes, largest: str | None) -> Metadata:
    """The title and author, if a person may have written them. There is no date, since programs write the one in the
    file.

    ``largest`` is the text in the largest type on the first page, a possible title.
    """
    start = max(0, data.find(b"<x:xmpmeta"))
    packet = data[start : data.find(b"</x:xmpmeta>", start, start + XMP) + 1]
    titles = [_sensible(text, NO_TITLE) for text in (metadata["Title"], _property(packet, b"dc:title"))]
    authors = [_sensible(text, NO_AUTHOR) for text in (metadata["Author"], _property(packet, b"dc:creator"))]
    return Metadata(
        titles=tuple(title for title in (*titles, largest) if title and len(title.split()) <= TITLE_WORDS),
        authors=tuple(author for author in authors if author),
        is_filled_in=True,
    )


def _property(packet: bytes, name: bytes) -> str:
    """The value of a property in the file's XMP metadata; several items are joined with commas. Empty if the property
    is missing.
    """
    match = re.search(rb"<%b\b[^>]*>(.{0,8192}?)</%b>" % (name, name), packet, re.DOTALL)
    items = re.findall(rb"<rdf:li\b[^>]*>([^<]*)</rdf:li>", match[1]) if match else []
    return unescape(", ".join(item.decode("utf-8", errors="replace") for item in items))


def _sensible(text: str, unlikely: re.Pattern[str]) -> str:
    """The text, if a person may have written it and it does not match ``unlikely``; else an empty string."""
    text = collapse(UNSEEN.sub(" ", text))
    is_odd = len(text) > TITLE_LENGTH or "\ufffd" in text or unlikely.fullmatch(text)
    return "" if is_odd else text

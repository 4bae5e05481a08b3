"""PDFs made here, byte by byte: what is read of them, and that nothing breaks the reader."""

import contextlib
import hashlib
import random
import re
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import SourceError
from assistant.types import BlockKind
from ingest.drafts import Metadata, Piece
from ingest.pipeline.documents import load
from ingest.pipeline.passages import split
from ingest.reading.pdf import pdf

PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
PARAGRAPH, HEADING, ITEM, ROW = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.ITEM, BlockKind.ROW


class T(NamedTuple):
    """Text whose baseline begins ``x`` points from the left and ``y`` from the top."""

    x: float
    y: float
    text: str
    size: float = 11
    bold: bool = False


def column(*lines: str, x: float = 72, y: float = 100, pitch: float = 14, **look: float) -> list[T]:
    return [T(x, y + number * pitch, line, **look) for number, line in enumerate(lines)]


def content(texts: Iterable[T], height: float = 842) -> bytes:
    shown = []
    for text in texts:
        held = text.text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        font = "F2" if text.bold else "F1"
        shown.append(b"BT /%s %g Tf %g %g Td (%s) Tj ET" % (font.encode(), text.size, text.x, height - text.y, held))
    return b"\n".join(shown)


def make(
    *pages: Sequence[T] | bytes,
    info: str = "",
    count: int | None = None,
    page: str = "",
    encrypt: Callable[[int, bytes], bytes] = lambda _, data: data,
    trailer: str = "",
) -> bytes:
    """A PDF; a page is its texts or its own drawing instructions."""
    first = 5  # after catalog, tree, and two fonts
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {count or len(pages)}/MediaBox[0 0 595 842]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding>>",
    ]
    for number, shown in enumerate(pages):
        drawing = shown if isinstance(shown, bytes) else content(shown)
        drawing = encrypt(first + 2 * number + 1, drawing)
        resources = "/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>"
        contents = f"/Contents {first + 2 * number + 1} 0 R"
        objects.append(f"<</Type/Page/Parent 2 0 R{resources}{contents}{page}>>".encode())
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing))
    objects.append(f"<<{info}>>".encode())
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, held in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    ends = f"/Size {len(objects) + 1}/Root 1 0 R/Info {len(objects)} 0 R{trailer}"
    return bytes(out) + f"trailer\n<<{ends}>>\nstartxref\n{start}\n%%EOF".encode()


def rc4(key: bytes, data: bytes) -> bytes:
    state, j = list(range(256)), 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    out, i, j = bytearray(), 0, 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def make_encrypted(password: bytes, texts: Sequence[T]) -> bytes:
    """As ``make``, encrypted by RC4 with 40 bits (PDF 32000-1, 7.6.3)."""
    user = (password + PADDING)[:32]
    owner = rc4(hashlib.md5((b"owner" + PADDING)[:32]).digest()[:5], user)
    key = hashlib.md5(user + owner + struct.pack("<i", -4) + b"0123456789abcdef").digest()[:5]

    def encrypt(number: int, data: bytes) -> bytes:
        return rc4(hashlib.md5(key + struct.pack("<I", number)[:3] + b"\0\0").digest()[:10], data)

    told = f"/Filter/Standard/V 1/R 2/P -4/O<{owner.hex()}>/U<{rc4(key, PADDING).hex()}>"
    file_id = b"0123456789abcdef".hex()
    return make(texts, encrypt=encrypt, trailer=f"/Encrypt<<{told}>>/ID[<{file_id}><{file_id}>]")


def texts_of(data: bytes) -> list[str]:
    return [piece.text for piece in pdf.read(data).pieces if not piece.reason]


def pieces_of(data: bytes) -> list[tuple[str, BlockKind, int]]:
    return [(piece.text, piece.kind, piece.level) for piece in pdf.read(data).pieces if not piece.reason]


def prose(*starts: str, x: float = 72, y: float = 100, width: int = 80) -> list[T]:
    """Lines of about one length, each beginning so."""
    return column(*((start + " and more of the same words in a row" * 3)[:width].strip() for start in starts), x=x, y=y)


IMAGE = b"q 100 0 0 100 72 600 cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xff EI Q"
LONG = (
    "The offer was changed in spring because customers had asked for",
    "shorter terms, and because the old price list named products that",
    "were no longer sold.",
)


def test_the_lines_of_a_paragraph_are_joined() -> None:
    assert pdf.read(make(column(*LONG))).pieces == (Piece(" ".join(LONG), page=1),)


def test_a_gap_between_lines_parts_paragraphs() -> None:
    data = make([*column(*LONG), *column(*LONG, y=160)])

    assert texts_of(data) == [" ".join(LONG), " ".join(LONG)]


def test_an_indent_parts_paragraphs_when_no_gap_does() -> None:
    lines = [*column(*LONG[:2], "were no longer sold by any of the shops that we visited in May."), T(90, 142, LONG[0])]

    assert len(texts_of(make([*lines, T(72, 156, LONG[1]), T(72, 170, LONG[2])]))) == 2


def test_a_paragraph_goes_on_over_a_page_break_and_keeps_the_page_of_its_start() -> None:
    data = make(column(*LONG[:2], y=700), column(LONG[2], y=100))

    assert pdf.read(data).pieces == (Piece(" ".join(LONG), page=1),)


def test_a_new_page_begins_a_paragraph_where_a_sentence_has_ended() -> None:
    data = make(column(*LONG, y=700), column(*LONG, y=100))

    assert [(piece.text, piece.page) for piece in pdf.read(data).pieces] == [(" ".join(LONG), 1), (" ".join(LONG), 2)]


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (("We asked every customer of the mar-", "keting team about the price."), "the marketing team"),
        (
            ("A cost-benefit view. It was the cost-", "benefit view that they all asked for."),
            "was the cost-benefit view",
        ),
        (("It is a rule of self-", "control for each team."), "self-control"),
        (("It is a rule that came from the Anglo-", "American side of the team."), "the Anglo-American side"),
    ],
)
def test_hyphenation_is_undone_and_compounds_keep_their_hyphen(lines: tuple[str, ...], joined: str) -> None:
    [text] = texts_of(make(column(*lines)))

    assert joined in text


def test_headings_are_told_by_size_and_weight_and_ranked() -> None:
    data = make(
        [
            T(72, 80, "Annual plan", 22),
            T(72, 120, "What we sell", 15),
            *column(*LONG, y=150),
            T(72, 220, "A smaller point", 11, bold=True),
            *column(*LONG, y=240),
        ]
    )

    assert pieces_of(data) == [
        ("Annual plan", HEADING, 1),
        ("What we sell", HEADING, 2),
        (" ".join(LONG), PARAGRAPH, 0),
        ("A smaller point", HEADING, 3),
        (" ".join(LONG), PARAGRAPH, 0),
    ]


def test_items_lose_their_bullets_and_keep_their_numbers() -> None:
    data = make(
        [
            *column(*LONG),
            T(80, 160, "•"),
            T(98, 160, "First thing that we do"),
            T(80, 174, "• Second thing"),
            T(80, 188, "2. Numbered thing"),
        ]
    )

    assert pieces_of(data)[1:] == [
        ("First thing that we do", ITEM, 0),
        ("Second thing", ITEM, 0),
        ("2. Numbered thing", ITEM, 0),
    ]


def test_a_full_line_that_goes_on_with_a_number_begins_no_item() -> None:
    lines = ("All of this was told to the customers at length in section", "2. It was not enough.")

    assert pieces_of(make(column(*lines))) == [(" ".join(lines), PARAGRAPH, 0)]


LEFT = [
    "The left column says what was",
    "planned for this year and why",
    "it could not be done by all of",
    "the teams.",
]
RIGHT = [
    "The right column says what the",
    "teams have done instead, and",
    "which of their results we keep",
    "for later.",
]


@pytest.mark.parametrize("by_row", [False, True])
def test_columns_are_read_one_after_the_other_however_they_were_drawn(by_row: bool) -> None:
    left, right = column(*LEFT, y=140), column(*RIGHT, x=320, y=140)
    drawn = [text for pair in zip(left, right, strict=True) for text in pair] if by_row else [*left, *right]

    assert texts_of(make([T(72, 100, "A title over both of the columns, in its own line", 16), *drawn])) == [
        "A title over both of the columns, in its own line",
        " ".join(LEFT),
        " ".join(RIGHT),
    ]


def test_columns_of_a_page_are_in_no_passage_together() -> None:
    data = make([T(72, 100, "A title over both columns", 16), *column(*LEFT, y=140), *column(*RIGHT, x=320, y=140)])

    document = load(data, source="brands.pdf", id="0123456789")

    assert [passage.text.split("\n\n")[-1] for passage in split(document, 200)] == [" ".join(LEFT), " ".join(RIGHT)]


def test_a_sentence_goes_on_from_one_column_to_the_next() -> None:
    left, right = column(*LEFT[:3], y=140), column("the teams.", "", *RIGHT, x=320, y=140)

    assert texts_of(make([*left, *[text for text in right if text.text]])) == [" ".join(LEFT), " ".join(RIGHT)]


def test_a_table_is_read_by_rows() -> None:
    rows = [("Region", "Sales", "Growth"), ("North", "120", "4 %"), ("South and West", "95", "-2 %")]
    cells = [T(x, 200 + 16 * y, row[n]) for y, row in enumerate(rows) for n, x in enumerate((72, 220, 340))]

    assert pieces_of(make([*column(*LONG), *cells]))[1:] == [
        ("Region: North; Sales: 120; Growth: 4 %", ROW, 0),
        ("Region: South and West; Sales: 95; Growth: -2 %", ROW, 0),
    ]


def test_the_lines_of_one_cell_stay_together() -> None:
    cells = [
        *(T(72, 100, "Primary data"), T(220, 100, "Made for the question,"), T(220, 113, "and current")),
        *(T(360, 100, "Expensive, and"), T(360, 113, "takes time")),
        *(T(72, 140, "Secondary data"), T(220, 140, "Cheap"), T(360, 140, "Not made for the"), T(360, 153, "question")),
    ]

    assert pieces_of(make(cells)) == [
        ("Primary data | Made for the question, and current | Expensive, and takes time", ROW, 0),
        ("Secondary data | Cheap | Not made for the question", ROW, 0),
    ]


def test_running_headers_footers_and_page_numbers_are_kept_apart() -> None:
    pages = [
        [
            T(72, 40, "Price study of the north", 9),
            *column(f"Page text of its own, which is number {number}."),
            T(72, 800, "Confidential until May", 9),
            T(290, 815, f"- {number} -", 9),
        ]
        for number in (1, 2, 3)
    ]

    told = [(piece.text, piece.reason, piece.page) for piece in pdf.read(make(*pages)).pieces]

    assert told == [
        row
        for number in (1, 2, 3)
        for row in (
            ("Price study of the north", "page header", number),
            (f"Page text of its own, which is number {number}.", None, number),
            ("Confidential until May", "page footer", number),
            (f"- {number} -", "page number", number),
        )
    ]


def cells(y: float, *texts: str) -> list[T]:
    return [T(72 + 150 * place, y, text) for place, text in enumerate(texts)]


def test_a_page_with_little_on_it_ends_what_is_said_there() -> None:
    """Slides saved as a PDF: no statement of one goes on in the next."""
    said = ["Sales rose in the west", "costs fell in the east", "We close the shop in Graz"]
    made = make(*([T(72, 200, text, 24)] for text in said))

    assert [(piece.page, piece.text) for piece in pdf.read(made).pieces] == list(enumerate(said, 1))


def test_figures_in_the_first_rows_of_pages_are_no_page_numbers() -> None:
    figures = (("1,533", "20"), ("2,014", "20"), ("2,547", "31"))
    pages = [
        [*cells(50, f"Branch {name}", *own), *cells(68, "Radio", *own), *column(*LONG, y=140), T(290, 815, f"{n}", 9)]
        for n, (name, own) in enumerate(zip("abc", figures, strict=True), start=7)
    ]

    told = [(piece.text, piece.reason) for piece in pdf.read(make(*pages)).pieces]

    for name, (first, second) in zip("abc", figures, strict=True):
        assert any(text.startswith(f"Branch {name}") and first in text and second in text for text, _ in told)
    assert sum("Radio" in text and reason is None for text, reason in told) == 3
    assert [text for text, reason in told if reason] == ["7", "8", "9"]


@pytest.mark.parametrize("name", ["Report 2025 - page {}", "{} | Prices of 2025", "- {} / 12 -", "Seite {}"])
def test_the_number_that_counts_pages_may_stand_by_others(name: str) -> None:
    pages = [[*column(*LONG), T(250, 815, name.format(n), 9)] for n in (4, 5, 6)]

    assert [piece.reason for piece in pdf.read(make(*pages)).pieces if "4" in piece.text][-1:] in (
        ["page number"],
        ["page footer"],
    )


def test_text_that_comes_back_at_the_top_of_pages_is_no_header() -> None:
    pages = [
        [*column("It says the same thing on each page,", f"but its second line is number {n}.", y=60)] for n in "ab"
    ]

    assert [piece.reason for piece in pdf.read(make(*pages)).pieces] == [None, None]


def test_a_heading_that_comes_back_is_no_header() -> None:
    pages = [[T(72, 60, "In short", 18), *column(*LONG)] for _ in range(2)]
    more = [column(*LONG) for _ in range(3)]

    assert texts_of(make(*pages, *more)).count("In short") == 2


def test_text_on_its_side_is_read_upright() -> None:
    sideways = b"BT /F1 11 Tf 0 1 -1 0 100 72 Tm (The offer was changed) Tj 0 -14 Td (in spring.) Tj ET"

    assert texts_of(make(sideways)) == ["The offer was changed in spring."]
    assert texts_of(make(sideways, page="/Rotate 90")) == ["The offer was changed in spring."]


HEBREW = dict(zip("שלוםתקציב", (57689, 57676, 57669, 57677, 57690, 57687, 57686, 57673, 57665), strict=True))


@pytest.mark.parametrize("words", ["שלום תקציב", "תקציב 240 שלום", "שלום: תקציב 12,500 שלום"])
def test_text_from_right_to_left_is_read_in_the_order_in_which_it_is_spoken(words: str) -> None:
    codes = {letter: chr(65 + number) for number, letter in enumerate(HEBREW)}
    shown = re.sub(r"[\d,]+", lambda figure: figure[0][::-1], words)[::-1]
    names = "".join(f"/afii{number}" for number in HEBREW.values())
    font = f"/FirstChar 32/LastChar 73/Widths[{'600 ' * 42}]/Encoding<</Differences[65{names}]>>".encode()

    made = make([T(72, 100, "".join(codes.get(letter, letter) for letter in shown))])

    assert texts_of(made.replace(b"/Encoding/WinAnsiEncoding", font, 1)) == [words]


def test_ligatures_and_odd_spaces_are_plain_characters() -> None:
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <ff> endcodespacerange "
        b"2 beginbfchar <41> <FB01> <42> <00A0> endbfchar endcmap end"
    )
    data = make([T(72, 100, "AveBpeople")])
    mapped = data.replace(b"/BaseFont/Helvetica/", b"/BaseFont/Helvetica/ToUnicode 90 0 R/")
    data = mapped + b"\n90 0 obj\n<</Length %d>>stream\n%s\nendstream\nendobj\n" % (len(cmap), cmap)

    assert texts_of(data) == ["five people"]


def test_properties_are_believed_only_if_a_person_may_have_meant_them() -> None:
    meant = make(column(*LONG), info="/Title(Annual plan)/Author(Ada Weiss)/CreationDate(D:20240305101500Z)")
    made = make(column(*LONG), info="/Title(Microsoft Word - plan v2.docx)/Author(Windows User)")

    assert pdf.read(meant).found == Metadata(("Annual plan",), ("Ada Weiss",), is_filled_in=True)
    assert pdf.read(made).found == Metadata(is_filled_in=True)


def test_the_day_on_which_the_file_was_made_is_no_date_of_the_document() -> None:
    dated = make(column("Published 3 May 2019", "", *LONG), info="/CreationDate(D:20240305)")
    undated = make(column(*LONG), info="/CreationDate(D:20240305)/ModDate(D:20240306)")

    assert load(dated, source="plan.pdf", id="p").about.date == "2019-05-03"
    assert load(undated, source="plan.pdf", id="p").about.date is None


def test_the_largest_text_of_the_first_page_is_the_last_title() -> None:
    data = make([T(72, 60, "Plan of the year", 20), *column(*LONG)], info="/Title(Annual plan)")

    assert pdf.read(data).found.titles == ("Annual plan", "Plan of the year")


def test_what_a_program_fills_in_is_neither_title_nor_author() -> None:
    data = make(
        [T(72, 60, "Plan of the year", 20), *column(*LONG)], info=r"/Title(\(anonymous\)) /Author(\(anonymous\))"
    )

    assert pdf.read(data).found.titles == ("Plan of the year",)
    assert pdf.read(data).found.authors == ()


def test_xmp_is_read_where_the_properties_are_silent() -> None:
    packet = (
        b"<x:xmpmeta><dc:title><rdf:Alt><rdf:li xml:lang='x-default'>Plan &amp; price</rdf:li></rdf:Alt></dc:title>"
        b"<dc:creator><rdf:Seq><rdf:li>Ada Weiss</rdf:li><rdf:li>Bo Lind</rdf:li></rdf:Seq></dc:creator></x:xmpmeta>"
    )

    assert pdf.read(make(column(*LONG)) + b"\n%" + packet).found == Metadata(
        ("Plan & price",), ("Ada Weiss, Bo Lind",), is_filled_in=True
    )


def test_a_document_of_images_needs_ocr() -> None:
    with pytest.raises(SourceError, match=r"^its 2 pages are images without text; it needs OCR first\.$"):
        pdf.read(make(IMAGE, IMAGE))


def test_a_page_that_is_an_image_among_others_is_told() -> None:
    pieces = pdf.read(make(column(*LONG), IMAGE, b"", column(*LONG))).pieces

    assert pieces == (
        Piece(" ".join(LONG), page=1),
        Piece("", reason="page 2 is an image without text", page=2),
        Piece(" ".join(LONG), page=4),
    )


def test_empty_pages_are_told_as_such() -> None:
    with pytest.raises(SourceError, match="pages are empty"):
        pdf.read(make(b""))


def test_a_password_is_asked_for_but_an_empty_one_is_tried() -> None:
    assert texts_of(make_encrypted(b"", column(*LONG))) == [" ".join(LONG)]
    with pytest.raises(SourceError, match="encrypted and needs a password"):
        pdf.read(make_encrypted(b"secret", column(*LONG)))


def test_a_claim_of_a_million_pages_is_refused() -> None:
    with pytest.raises(SourceError, match="pages"):
        pdf.read(make(column(*LONG), count=1_000_000))


@pytest.mark.parametrize("box", ["0 0 0 0", "0 0 1e30 1e30", "500 700 -10 -10", "nan 0 1 1", "0 0 1 1"])
def test_absurd_page_sizes_do_no_harm(box: str) -> None:
    assert texts_of(make(column(*LONG), page=f"/MediaBox[{box}]")) == [" ".join(LONG)]


def test_too_many_characters_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "CHARACTERS", 50)

    with pytest.raises(SourceError, match="more than 50 characters"):
        pdf.read(make(column(*LONG)))


def test_a_lost_table_of_objects_is_made_good() -> None:
    data = make(column(*LONG)).replace(b"xref\n0", b"xrff\n0").replace(b"startxref\n", b"startxref\n9")

    assert texts_of(data) == [" ".join(LONG)]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4", b"no pdf at all", b"\0" * 1000, zlib.compress(b"x" * 999)])
def test_what_is_no_pdf_is_refused(data: bytes) -> None:
    with pytest.raises(SourceError, match="no PDF"):
        pdf.read(data)


def test_damaged_bytes_are_read_or_refused() -> None:
    whole = make([T(72, 60, "Plan", 20), *column(*LONG)], [*column(*LEFT), *column(*RIGHT, x=320)], info="/Title(Plan)")
    chance = random.Random(7)

    for _ in range(200):
        data = bytearray(whole[: chance.randrange(len(whole))] if chance.random() < 0.3 else whole)
        for _ in range(chance.randrange(1, 12)):
            if data:
                data[chance.randrange(len(data))] = chance.randrange(256)
        with contextlib.suppress(SourceError):
            pdf.read(bytes(data))


@settings(max_examples=30)
@given(
    st.lists(
        st.lists(
            st.builds(
                T,
                st.just(0),
                st.just(0),
                # Words that can be read: what has hardly a vowel is refused, as a text layer of other letters is.
                st.from_regex(r"([b-z]?[aeiou]){1,5}( ([b-z0-9.]?[aeiou0-9]){1,4}){0,2}", fullmatch=True),
                st.sampled_from([6, 9, 11]),
                st.booleans(),
            ),
            min_size=1,
            max_size=25,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_character_is_lost_or_doubled(pages: list[list[T]]) -> None:
    apart = [[text._replace(x=20 + 60 * (n % 2) * 5, y=20 + 30 * (n // 2)) for n, text in enumerate(p)] for p in pages]
    letters = Counter(letter for page in apart for text in page for letter in text.text if letter.isalnum())

    pieces = pdf.read(make(*apart)).pieces
    read = Counter(letter for piece in pieces for letter in piece.text if letter.isalnum())

    assert read >= letters  # the names of rows and columns stand in each row
    assert read == letters or any(piece.kind is ROW for piece in pieces)


@pytest.mark.posix
def test_a_long_document_has_time_for_each_of_its_pages() -> None:
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_CPU)
    data = make(*([T(72, 100, f"Page {n} of it.")] for n in range(60)))
    resource.setrlimit(resource.RLIMIT_CPU, (100_000, before[1]))
    try:
        pdf.read(data)
        after, _ = resource.getrlimit(resource.RLIMIT_CPU)
    finally:
        resource.setrlimit(resource.RLIMIT_CPU, before)

    assert after == 100_000 + 60 * pdf.SECONDS_A_PAGE

"""PDF files that are made to break a reader: many pages, and drawing commands that no program writes."""

from __future__ import annotations

PROSE = "The buyer compares the offers, and then she picks the one that she can explain to her colleagues. "


def pdf(pages: int, content: str = "") -> bytes:
    """Make a PDF with ``pages`` pages. All pages share the same content, so that the file stays small: the PDF drawing
    commands ``content``, or some lines of text if ``content`` is empty.
    """
    lines = "".join(f"1 0 0 1 50 {780 - 12 * n} Tm ({PROSE}) Tj " for n in range(60))
    stream = (content or f"BT /F 9 Tf {lines}ET").encode()
    kids = " ".join(f"{n + 6} 0 R" for n in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Font << /F 3 0 R >> >>",
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 5 0 R >>"] * pages,
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return bytes(out + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start))

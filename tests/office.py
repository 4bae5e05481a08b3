"""Office files made for tests: by the libraries where they can, else part by part."""

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
BODY = f'<w:document xmlns:w="{W}"><w:body>%s</w:body></w:document>'
EPUB = {
    "mimetype": "application/epub+zip",
    "META-INF/container.xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    "OPS/book.opf": '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
    "<metadata><dc:title>Price and Value</dc:title><dc:creator>Ann Lee</dc:creator><dc:date>2019-05-02</dc:date>"
    '</metadata><manifest><item id="n" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
    '<item id="b" href="two.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="a" href="text/one%20a.xhtml" media-type="application/xhtml+xml"/>'
    '<item id="p" href="cover.png" media-type="image/png"/></manifest>'
    '<spine><itemref idref="n"/><itemref idref="a"/><itemref idref="b"/></spine></package>',
    "OPS/nav.xhtml": "<html><body><nav><h1>Contents</h1><ol><li>Price</li></ol></nav></body></html>",
    "OPS/text/one a.xhtml": '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html [<!ENTITY x "y">]><html>'
    "<head><title/></head><body><h1>Price</h1><p>Price tells a story about café value.</p><h2>Anchors</h2>"
    "<p>The first figure is an anchor.</p></body></html>",
    "OPS/two.xhtml": "<html><body><h1>Value</h1><ul><li>Value comes first.</li></ul></body></html>",
}
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
ODT_NAMES = (
    f'xmlns:office="{_OFFICE}office:1.0" xmlns:text="{_OFFICE}text:1.0" xmlns:table="{_OFFICE}table:1.0" '
    f'xmlns:style="{_OFFICE}style:1.0" xmlns:draw="{_OFFICE}drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    f'xmlns:meta="{_OFFICE}meta:1.0" xmlns:svg="{_OFFICE}svg-compatible:1.0"'
)


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip container with these parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in parts.items():
            container.writestr(name, content)
    return stream.getvalue()


def word(body: str, **parts: str) -> bytes:
    """A Word file with this body in XML; ``parts`` are further ones of word/, such as ``footnotes``."""
    relations = "".join(
        f'<Relationship Id="r{i}" Type="x/relationships/{kind}" Target="{kind}.xml"/>' for i, kind in enumerate(parts)
    )
    held = {f"word/{kind}.xml": text for kind, text in parts.items()}
    return packed(
        {
            "word/document.xml": BODY % body,
            "word/_rels/document.xml.rels": f"<Relationships>{relations}</Relationships>",
            **held,
        }
    )


def odt(body: str, automatic: str = "", **parts: str) -> bytes:
    """An OpenDocument text with this body in XML; ``parts`` are further ones, such as ``meta``."""
    content = (
        f"<office:document-content {ODT_NAMES}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    named = {f"{name}.xml": f"<office:document {ODT_NAMES}>{text}</office:document>" for name, text in parts.items()}
    return packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content, **named})


def saved(made: object) -> bytes:
    """The bytes of what one of the libraries has built."""
    stream = io.BytesIO()
    made.save(stream)  # type: ignore[attr-defined]
    return stream.getvalue()


def opened(kind: str, body: str) -> bytes:
    """An OpenDocument file of this kind (``spreadsheet``, ``presentation``) with this body in XML."""
    inner = f"<office:body><office:{kind}>{body}</office:{kind}></office:body>"
    return packed({"content.xml": f"<office:document-content {ODT_NAMES}>{inner}</office:document-content>"})

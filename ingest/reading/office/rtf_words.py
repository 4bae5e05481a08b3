"""The control words of rich text that the reader needs (Rich Text Format specification 1.9.1)."""

from __future__ import annotations

import re

from ingest.drafts import words

TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|(?P<line>[\r\n]+)|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
DEEP = 500  # groups in one another; people's files stay under 50
SKIPPED = words(
    "colortbl pict objdata bkmkstart bkmkend themedata colorschememapping datastore xmlnstbl listtable "
    "listoverridetable rsidtbl generator nonshppict sn sv sp pgptbl latentstyles private xe tc rxe filetbl revtbl "
    "pnseclvl panose falt mmathPr docvar userprops operator subject keywords comment doccomm company manager category "
    "hlinkbase atnref atnid atndate atntime atnparent annotationid shprslt ud ftnsep ftnsepc ftncn aftnsep aftnsepc "
    "aftncn"
)
SWITCHES = {  # words that are in force until they are told off
    "v": "is_hidden", "deleted": "is_deleted", "strike": "is_struck", "striked": "is_struck",
    "super": "is_raised", "up": "is_raised", "sub": "is_raised", "nosupersub": "is_raised", "b": "is_bold",
}  # fmt: skip
INSIDE = words("shpinst do result fldrslt")  # destinations that may be marked as optional, and hold words
KEPT = {  # destinations whose words are wanted, and where they go
    "title": "title", "author": "author", "footnote": "note", "shptxt": "note", "dptxbxtext": "note",
    "annotation": "remark", "atnauthor": "remark author",
    "fonttbl": "fonts", "stylesheet": "styles", "info": "info", "creatim": "created", "revtim": "revised",
    "header": "header", "headerl": "header", "headerr": "header", "headerf": "header",
    "footer": "footer", "footerl": "footer", "footerr": "footer", "footerf": "footer",
    "listtext": "label", "pntext": "label", "fldinst": "instruction",
}  # fmt: skip
SIGNS = {
    "tab": " ", "line": " ", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " ", "nestcell": " ", "~": " ",
    "_": "-", "\\": "\\", "{": "{", "}": "}",
}  # fmt: skip
CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gbk", 136: "big5", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
PAGES = {10000: "mac_roman", 932: "cp932", 936: "gbk", 949: "cp949", 950: "big5", 65001: "utf-8"}
LINK = re.compile(r'\s*HYPERLINK\s+"([^"]*)"', re.IGNORECASE)  # the instruction of a field
BULLETS = re.compile(r"[\W_]*|o")


def codec(page: int) -> str:
    """Return the name that Python gives to an encoding; ``page`` is the number of this encoding's Windows code page.
    Returns "cp1252" if Python does not know the code page.
    """
    name = PAGES.get(page, f"cp{page}")
    try:
        "".encode(name)
    except LookupError:
        return "cp1252"
    return name

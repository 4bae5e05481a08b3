"""Finds the characters that symbol fonts show: in Wingdings, "ü" is a check mark."""

from __future__ import annotations

SIGNS = {
    "wingdings": {
        0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xFD: "☒", 0xA8: "☐", 0x6F: "☐", 0x71: "☐", 0x78: "☒", 0x6C: "●", 0x6E: "■",
        0x9F: "•", 0xA7: "▪", 0xA1: "○", 0xD8: "➢", 0xE0: "→", 0xDF: "←", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xF0: "⇨",
        0x4A: "☺", 0x4C: "☹", 0x43: "👍", 0x44: "👎", 0x76: "❖", 0xAB: "★", 0x28: "☎", 0x2A: "✉",
    },
    "wingdings 2": {0x50: "✓", 0x4F: "✗", 0x52: "☑", 0x51: "☒", 0x53: "☒", 0xA3: "☐", 0x97: "•", 0xEA: "★"},
    "webdings": {0x61: "✔", 0x72: "✗", 0x63: "☐", 0x67: "■", 0x6E: "●"},
    "symbol": {
        0xB7: "•", 0xAE: "→", 0xAC: "←", 0xAD: "↑", 0xAF: "↓", 0xB3: "≥", 0xA3: "≤", 0xB1: "±", 0xB4: "×", 0xB8: "÷",
        0xB9: "≠", 0xBB: "≈", 0xA5: "∞", 0x44: "Δ", 0x57: "Ω", 0x53: "Σ", 0x6D: "μ", 0x61: "α", 0x62: "β", 0x70: "π",
        0x73: "σ", 0xE5: "∑", 0xD6: "√", 0xD3: "©", 0xD2: "®", 0xD4: "™", 0xE3: "©", 0xE2: "®", 0xE4: "™",
    },
}  # fmt: skip
FONTS = frozenset(SIGNS)


def sign(font: str, code: str) -> str:
    """The character that a symbol font shows for a character code in hexadecimal; empty if the font or the code is
    unknown.
    """
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    return SIGNS.get(font.lower(), {}).get(number & 0xFF, "")


def shown(font: str, text: str) -> str:
    """Replace the characters of a text that is set in the symbol font ``font`` by the signs that this font shows for
    them; unknown characters stay.
    """
    signs = SIGNS.get(font.lower(), {})
    return "".join(signs.get(ord(character) & 0xFF, character) for character in text)

"""Documents that would act on a page if they could: in their text, titles, authors and file names.

Each way to run something sets ``window.hacked``, and each way to fetch asks ``far.example``.
"""

from __future__ import annotations

HTML = (
    '<script>window.hacked=1;alert(1)</script> <img src="http://far.example/a.png" onerror="window.hacked=2"> '
    '<svg onload="window.hacked=3"></svg> <iframe src="http://far.example/frame"></iframe> '
    '<a href="javascript:window.hacked=4">here</a> <style>@import "http://far.example/c.css";</style> '
    '</p></div></article> <details open ontoggle="window.hacked=5">'
)
MARKDOWN = (
    "![seen](http://far.example/b.png) [link](http://far.example/l) www.far.example $x^2$ $$\\frac{1}{2}$$ :smile: "
    ":material/home: :red[hot] :small[small] **bold** `code` ~~gone~~ | a | b |"
)
LONG = "w" * 3000
RIGHT_TO_LEFT = "\u202egnp.tnemucod\u202c \u2067\u05e9\u05dc\u05d5\u05dd\u2069 \u200f"
TEMPLATES = "{{7*7}} ${7*7} <%= 7*7 %> %s %(x)s {0.__class__}"
QUESTION = "When is the launch of Bramble planned?"


def page(title: str, author: str, *said: str) -> str:
    """A document as Markdown."""
    return f"# {title}\n\nBy {author}, 4 June 2024\n\n## {title}\n\n" + "\n\n".join(said) + "\n"


DOCUMENTS = {
    "html <img src=x onerror=hacked=6>.txt": (
        f"Launch of Bramble\n\nThe launch of Bramble is planned for the ninth of May in Antwerp. {HTML}\n\n{HTML}\n"
    ),
    "markdown ![a](b) $y$ _z_.txt": (
        f"Is {MARKDOWN} a launch?\n\nThe launch of Bramble is planned for the tenth of May in Ghent. {MARKDOWN}\n"
    ),
    "titles.md": page(f"Bramble {MARKDOWN}", f"Ann {MARKDOWN}", f"The launch of Bramble is in June. {MARKDOWN}"),
    "long.md": page(f"Bramble {LONG[:120]}", "Ann", f"The launch of Bramble is planned. {LONG} {TEMPLATES}"),
    "right-to-left \u202etxt.md": page(
        f"Bramble {RIGHT_TO_LEFT}", f"Ann {RIGHT_TO_LEFT}", f"The launch of Bramble is late. {RIGHT_TO_LEFT}"
    ),
    "web.html": (
        "<html><head><title>Bramble &lt;script&gt;window.hacked=7&lt;/script&gt;</title>"
        '<meta name="author" content="&lt;img src=http://far.example/i.png onerror=window.hacked=8&gt;"></head><body>'
        "<article><h1>Bramble &lt;b onmouseover=window.hacked=9&gt;launch</h1><p>The launch of Bramble is planned for "
        "July, as &lt;script&gt;window.hacked=10&lt;/script&gt; everybody knows who has read of it before.</p>"
        "<p>Nobody else has said anything of the launch of Bramble that would be worth repeating here.</p></article>"
        "</body></html>"
    ),
}

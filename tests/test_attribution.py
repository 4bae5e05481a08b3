import pytest

from assistant.evidence.attribution import kind_of
from assistant.evidence.sentences import Seen
from assistant.text.words import tokens
from assistant.types import About, BlockKind, Kind, Passage, Sentence

ABOUT = About("d", "d.txt", "", "text/plain", "D")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Leaflets bring guests.", Kind.CLAIM),
        ("Leaflets brought 14 guests last week.", Kind.FIGURE),
        ("Leaflets will soon bring nobody.", Kind.FORECAST),
        ("The baker told us that leaflets bring guests.", Kind.QUOTED),
        ("He promptly disagreed, saying that leaflets bring guests.", Kind.OPPONENT),
        ("From their point of view, leaflets bring guests.", Kind.OPPONENT),
        ("Some say that leaflets bring guests.", Kind.OPPONENT),
        ("It is a myth that leaflets bring guests.", Kind.OPPONENT),
    ],
)
def test_how_a_source_says_a_thing_is_kept(text: str, kind: Kind) -> None:
    sentence = Sentence(0, len(text), BlockKind.PARAGRAPH)
    passage = Passage("p", ABOUT, 0, len(text), text, (sentence,))

    assert kind_of(Seen(passage, sentence, text, tuple(tokens(text)))) is kind


def test_a_block_of_quotation_is_quoted() -> None:
    sentence = Sentence(0, 22, BlockKind.QUOTE)
    passage = Passage("p", ABOUT, 0, 22, "Leaflets bring guests.", (sentence,))

    assert kind_of(Seen(passage, sentence, passage.text, ())) is Kind.QUOTED

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
        ("About 40% of guests come by the leaflet, and most of them stay.", Kind.FIGURE),
        ("A guest spent €12 on average.", Kind.FIGURE),
        ("Bread sales have grown by 12% since.", Kind.FIGURE),
        ("In 2019 we opened the second bakery.", Kind.CLAIM),
        ("The bakery moved on 3 March 2021, at 10:30.", Kind.CLAIM),
        ("1. Replaced ovens are sold by the county.", Kind.CLAIM),
        ("As section 4 showed, leaflets bring guests.", Kind.CLAIM),
        ("Guests can return a loaf within 2 days.", Kind.CLAIM),
        ("A loaf must weigh 750 grams.", Kind.CLAIM),
        ("Print at most 300 leaflets.", Kind.CLAIM),
        ("If 30 guests came, we printed too many.", Kind.CLAIM),
        ("The warranty is 5 years.", Kind.CLAIM),
        ("Leaflets will soon bring nobody.", Kind.FORECAST),
        ("By 2031 most loaves will be ordered by telephone.", Kind.FORECAST),
        ("We expect sales to fall by 5% in spring.", Kind.FORECAST),
        ("You will receive a leaflet next month.", Kind.CLAIM),
        ("If nobody prints leaflets, guests will soon stay away.", Kind.CLAIM),
        ("The shop will be closed when the oven is cleaned.", Kind.CLAIM),
        ("We expect you to be on time.", Kind.CLAIM),
        ("Whoever is late will be told.", Kind.CLAIM),
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


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        ("Channel: Leaflets; Spend: €88,000; Guests: 352", Kind.FIGURE),
        ("Town: Ashton; Opened: 3 March 2021", Kind.CLAIM),
        ("Oven: Stone; Loaves: at most 40", Kind.CLAIM),
    ],
)
def test_a_quantity_in_a_row_of_a_table_is_a_figure(row: str, kind: Kind) -> None:
    sentence = Sentence(0, len(row), BlockKind.ROW)
    passage = Passage("p", ABOUT, 0, len(row), row, (sentence,))

    assert kind_of(Seen(passage, sentence, row, ())) is kind


def test_a_block_of_quotation_is_quoted() -> None:
    sentence = Sentence(0, 22, BlockKind.QUOTE)
    passage = Passage("p", ABOUT, 0, 22, "Leaflets bring guests.", (sentence,))

    assert kind_of(Seen(passage, sentence, passage.text, ())) is Kind.QUOTED

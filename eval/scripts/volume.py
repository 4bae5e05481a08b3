"""Writes hundreds of documents that make a suite's corpus large: ``python -m eval.scripts.volume FOLDER``.

They are always the same: what a tool maker's folders could hold, a review of each product each year, the minutes of
each branch, and a notice that was put up again and again. No case has its gold in them: they are about the same subjects in other years, about other products and by
other people.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

SEED = 1_907  # any would do; the same one makes the same documents
PRODUCTS = tuple(
    "Alder drill,Birch saw,Cedar sander,Damson planer,Elm router,Fir lathe,Gorse grinder,Hazel jigsaw,Ivy heat gun,"
    "Juniper compressor,Larch welder,Maple press".split(",")
)
YEARS = range(2011, 2024)
TOLD = frozenset(
    {("Alder drill", 2021), ("Birch saw", 2019), ("Juniper compressor", 2018), ("Elm router", 2022)}
)  # by hand
CITIES = tuple(
    "Aarby,Brunsted,Corvik,Dalmark,Edsele,Fossum,Granvik,Holmby,Iselund,Jernby,Kalvik,Lindmo,Marstad,Norvik,Ostby,Polden,Rosvik,"
    "Sandmo,Tornby,Ulsvik".split(",")
)
MINUTED = range(2014, 2023)
ROLES = tuple("product manager,category lead,head of range,product analyst".split(","))
MONTHS = "January February March April May June July August September October November December".split()
CAUSES = (
    "a loose chuck",
    "a worn brush",
    "a cracked guard",
    "a switch that stuck",
    "a noisy bearing",
    "a battery that would not charge",
)
PARTS = ("guards", "chucks", "switches", "cables", "batteries", "cases", "belts", "bearings")

REVIEW: dict[str, tuple[str, ...]] = {
    "Sales": (
        "In {year} we sold {a:,} pieces of the {product}, {p}% of them through dealers and the rest through our own shops.",
        "The best month was {month}, when {b} dealers ordered in the same week.",
        "{city} alone took {c} pieces and asked for {d} more than the warehouse held.",
        "Orders over the web made up {q}%, after {r}% in the year before.",
        "Demonstrations at {e} building sites brought {f} orders within a month.",
    ),
    "Returns": (
        "{x:.1f}% of the pieces of the {product} that were sold in {year} came back, most often because of {cause}.",
        "The workshop in {city} mended {a:,} of them, and {b} were scrapped.",
        "A repair took {few} days at the median and cost us €{d}.",
        "In {month} the number of returns doubled for three weeks, until a new supplier of {part} had been found.",
        "Nobody was hurt, and the authority was not told of any case.",
    ),
    "Support": (
        "Customers called about the {product} {a:,} times in {year}, {p}% of them with a question that the manual answers.",
        "A call was taken after {b} seconds on average and lasted {few} minutes.",
        "The commonest subject was {cause}, the next the care of {part}.",
        "{q}% of the callers said afterwards that they would recommend us.",
        "We printed the instructions for {part} anew in {month} and shortened them by {few} pages.",
    ),
    "Price": (
        "The list price of the {product} was €{price} until {month} {year} and €{dearer} after that.",
        "Dealers bought it at {p}% below list, and the largest of them at {q}%.",
        "A kit with two sets of {part} was offered for €{c} and made {r}% of the turnover.",
        "The campaign in {city} took €{d} off for ten days and sold {c} pieces, of which we think {few} would have been sold anyway.",
        "Competitors asked between €{price} and €{dearer} for a tool of this class.",
    ),
    "Delivery": (
        "{p}% of the orders for the {product} left the warehouse on the day on which they came in.",
        "The longest wait of {year} was {few} weeks, in {month}, when {part} were not to be had.",
        "A parcel weighs {few} kilos, and carriage cost €{r} each on average.",
        "{d} parcels arrived damaged, {e} of them on the way to {city}.",
        "The safety stock was raised to {f} pieces.",
    ),
}
MINUTES: dict[str, tuple[str, ...]] = {
    "Attendance": (
        "The branch in {city} met on {day} {month} {year}; {few} of {staff} people were there, and {name} was in the chair.",
        "The minutes of the meeting before were read and accepted with one change.",
        "{other} took the notes for the last time and was thanked for {few} years of them.",
        "The next meeting but one will be held in the workshop, since the hall is let.",
    ),
    "Stock": (
        "{name} reported {a:,} pieces in stock, {b} of them older than a year.",
        "The count in {month} found {c} pieces too few, mostly {part}, and {d} too many.",
        "We agreed to send {e} pieces of the {product} to {othercity}, where they are asked for.",
        "The shelf for {part} is to be moved nearer to the door; {other} looks after it.",
        "Rent for the store is €{rent:,} a month and goes up by {q}% next year.",
    ),
    "Staff": (
        "{staff} people work in the branch, {few} of them in the workshop and the others at the counter.",
        "{other} begins as a fitter in {month} and will be trained for {few} weeks by {name}.",
        "Overtime came to {e} hours in the quarter, which is {q}% more than was planned.",
        "Sick leave was {x:.1f}% and needs no measures.",
        "The course on lifting heavy tools was attended by all but two.",
    ),
    "Customers": (
        "{a:,} customers came to the counter in the quarter, {p}% of them craftsmen with an account.",
        "A joiner complained that his {product} had waited {b} days for {part}; he was lent another one.",
        "{name} visited {c} building sites and came back with {d} orders.",
        "The open evening on {day} {month} drew {c} people, and {few} of them bought something.",
        "Accounts that are overdue by more than {g} days stand at €{rent:,}.",
    ),
    "Next steps": (
        "{name} asks the head office for a second van, which would save {e} journeys a month.",
        "{other} writes down how {part} are ordered, by the end of {month}.",
        "The sign above the door is to be lit until {hour} o'clock.",
        "A price list for the {product} is put up beside the till.",
        "We meet again in {few} weeks.",
    ),
}  # fmt: skip
NOTICES = 60  # more than a search looks at: whoever does not see that they are copies finds nothing else
NOTICE = (
    "The car park behind hall 3 is closed while the drains are laid. Whoever comes by car parks on the quay and walks "
    "along the fence to the gate of hall 3. The car park behind hall 3 opens again when the drains are in, and a notice "
    "at the gate says when that is. {name} at the gate answers questions about the car park."
)
FIRST = "Anna Bo Carin Dag Eva Finn Greta Hans Ida Jon Kari Lars Mona Nils Olga Per Ragna Sven Tove Ulf".split()
LAST = "Aas Berg Dahl Eide Foss Grann Holt Iversen Jord Krog Lund Moe Nes Ous Prest Rud Sand Tveit Vik Wold".split()


def documents(seed: int = SEED) -> Iterator[tuple[str, str]]:
    """Yield the name and the Markdown text of each made-up document that is added to a corpus to make it larger. The
    same seed gives the same documents.
    """
    drawn = random.Random(seed)  # noqa: S311 - the same documents each time, no secrets
    for product in PRODUCTS:
        for year in YEARS:
            if (product, year) not in TOLD:
                name = f"review-{product.replace(' ', '-').lower()}-{year}.md"
                head = f"{product}: the year {year}"
                dated = f"{year + 1}-{drawn.randint(1, 3):02}-{drawn.randint(1, 28):02}"
                given = {"product": product, "year": year}
                yield name, _document(head, drawn.choice(ROLES), dated, sections=REVIEW, given=given, drawn=drawn)
    for city in CITIES:
        for year in MINUTED:
            given = {"city": city, "year": year, "name": _person(drawn), "other": _person(drawn)}
            head = f"Minutes of the branch in {city}, {year}"
            yield (
                f"minutes-{city.lower()}-{year}.md",
                _document(head, str(given["name"]), f"{year}", sections=MINUTES, given=given, drawn=drawn),
            )
    for number in range(1, NOTICES + 1):
        yield f"notice-{number:02}.txt", f"Notice\n\n{NOTICE.format(name=_person(drawn))}\n"


def _document(
    title: str,
    author: str,
    date: str,
    *,
    sections: dict[str, tuple[str, ...]],
    given: dict[str, object],
    drawn: random.Random,
) -> str:
    parts = [f'---\ntitle: "{title}"\nauthor: {author}\ndate: {date}\n---\n\n# {title}\n']
    for heading, sentences in sections.items():
        said = " ".join(sentence.format(**{**_figures(drawn), **given}) for sentence in sentences)
        parts.append(f"\n## {heading} in {given['year']}\n\n{said}\n")
    return "".join(parts)


def _figures(drawn: random.Random) -> dict[str, object]:
    """Draw the values that the sentences of a section may use, by name."""
    ranges: Sequence[tuple[str, int, int]] = (
        ("a", 120, 4_900), ("b", 5, 60), ("c", 20, 95), ("d", 12, 90), ("e", 6, 48), ("f", 3, 40), ("g", 61, 90),
        ("p", 51, 89), ("q", 12, 49), ("r", 3, 11), ("day", 1, 28), ("few", 2, 9),
        ("price", 140, 310), ("dearer", 315, 480), ("staff", 11, 26), ("hour", 18, 22),
        ("rent", 800, 3_400),
    )  # fmt: skip
    whole: dict[str, object] = {name: drawn.randint(low, high) for name, low, high in ranges}
    return {
        **whole,
        "x": drawn.randint(11, 89) / 10,
        "month": drawn.choice(MONTHS),
        "city": drawn.choice(CITIES),
        "othercity": drawn.choice(CITIES),
        "cause": drawn.choice(CAUSES),
        "part": drawn.choice(PARTS),
        "product": drawn.choice(PRODUCTS),
    }


def _person(drawn: random.Random) -> str:
    return f"{drawn.choice(FIRST)} {drawn.choice(LAST)}"


def write(folder: Path) -> int:
    """Write all documents that ``documents`` yields into a folder, and return how many they are."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, text in documents():
        (folder / name).write_text(text, "utf-8")
        count += 1
    return count


if __name__ == "__main__":
    print(f"{write(Path(sys.argv[1]))} documents")

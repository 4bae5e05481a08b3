from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import SettingsError
from assistant.pressure.lens import all_lenses, shipped

OWN = """
name: {name}
question: Does it fit the season?
importance: 0.4
settle: Look at last winter's takings.
sides:
  - name: in season
    claim: Sell what the season asks for.
    ideas: [Sell soup in winter., Sell ice in summer.]
    search: [The season decides.]
  - name: out of season
    claim: The season does not matter.
    ideas: [Sell ice all year., Sell soup in June.]
    search: [The season makes no difference.]
"""


def test_every_shipped_lens_holds_and_its_sides_differ() -> None:
    lenses = shipped()

    assert len({lens.name for lens in lenses}) == len(lenses) >= 15
    said = [text for lens in lenses for side in lens.sides for text in (side.claim, *side.ideas, *side.search)]
    assert len(said) == len(set(said))


def test_lenses_of_a_folder_join_the_shipped_ones_and_replace_those_of_their_name(tmp_path: Path) -> None:
    (tmp_path / "season.yaml").write_text(OWN.format(name="season"))
    (tmp_path / "reach.yaml").write_text(OWN.format(name="reach"))

    lenses = {lens.name: lens for lens in all_lenses(tmp_path)}

    assert set(lenses) == {lens.name for lens in shipped()} | {"season"}
    assert lenses["reach"].question == "Does it fit the season?"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name: x", "question is missing"),
        (OWN.format(name="other"), "holds the lens 'other'"),
        (OWN.format(name="season").replace("0.4", "7"), "importance"),
        (OWN.format(name="season") + "colour: red\n", "colour"),
        ("[", "cannot be read as a lens"),
        ("just words", "the file"),
    ],
)
def test_a_file_that_is_no_lens_is_told_with_its_faults(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "season.yaml").write_text(text)

    with pytest.raises(SettingsError, match=r"season\.yaml") as error:
        all_lenses(tmp_path)

    assert told in str(error.value)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no folder of lenses"):
        all_lenses(tmp_path / "gone")

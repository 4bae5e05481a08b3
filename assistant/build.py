"""The one place where all parts of the assistant are put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from assistant import memory
from assistant.answer.answering import Answering
from assistant.checking.judging import ClaimJudge, ModelJudge
from assistant.errors import ModelError, SettingsError
from assistant.evidence import shipped
from assistant.evidence.answers import AnswerReader
from assistant.evidence.ideas import IdeaReader
from assistant.evidence.llm import LlmStance
from assistant.evidence.nli import NliStance
from assistant.evidence.stance import Alone, IdeaModel, PlainMarks, side_of, whole
from assistant.library.library import Library
from assistant.model.chat import Model, Tick
from assistant.model.embedding import Embedder, SentenceTransformerEmbedder
from assistant.model.offline import stay_offline
from assistant.model.served_embedding import ServedEmbedder
from assistant.pressure import replying
from assistant.pressure.discussion import Beside
from assistant.pressure.lens import Lens, gathered
from assistant.pressure.model_ideas import ModelIdeas
from assistant.pressure.plain_ideas import PlainIdeas
from assistant.pressure.pressure import PressureTest
from assistant.readers.model import ModelReader
from assistant.readers.plain import PlainReader
from assistant.search.question import encodable
from assistant.search.retrieval import ANYWHERE, retrieve
from assistant.settings import Settings, load
from assistant.types import Answer, Filters, Finding, Hit, Stance, Statement, Turn, Verdict

if TYPE_CHECKING:
    from langchain_core.language_models.chat_models import BaseChatModel
    from pydantic import SecretStr

UNSURE = (Stance.UNCLEAR, 0.0)
SURE = 0.7  # probability from which a model that weighs is sure: of what it calls likely, and not of a guess
FOLLOWS = ("auto", "llm")  # evidence models with which a model that is set reads for pressure tests, too


class Assistant:
    """Asks, searches and challenges one library. Its parts are loaded once, when the first question is asked."""

    def __init__(
        self,
        library: Library,
        embedder: Embedder,
        stance: IdeaModel | None = None,
        lenses: Sequence[Lens] = (),
        *,
        model: Model | None = None,
        weighs: bool = True,
        judge: ClaimJudge | None = None,
    ) -> None:
        """``model`` reads passages for answers, and with ``weighs`` for pressure tests; else ``stance`` judges sides.

        A ``judge`` is asked of what the model claims.
        """
        self.library = library
        self._lenses, self._weighs, self._judge = lenses, weighs, judge
        self._embedder, self._stance = embedder, stance or Alone(PlainMarks())
        self._reader = ModelReader(model) if model else None
        self._answering = Answering(library, embedder, PlainReader(AnswerReader()), self._reader, judge)
        plain = PlainIdeas(library, embedder, self._stance, lenses)
        weigher = model if weighs else None
        self._pressure = PressureTest(
            library, plain, ModelIdeas(library, embedder, weigher, lenses) if weigher else None
        )
        self._sides = Alone(LlmStance(weigher)) if weigher else None

    def with_model(self, model: Model, stance: IdeaModel | None = None) -> Assistant:
        """Return an assistant over the same library whose answers ``model`` writes; ``stance`` replaces the stance
        model."""
        stance = stance or self._stance
        return Assistant(
            self.library, self._embedder, stance, self._lenses, model=model, weighs=self._weighs, judge=self._judge
        )

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        """The whole answer to ``question``."""
        try:
            return self._answering.answer(question, history, filters)
        finally:
            memory.give_back(memory.MINUTE)

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE, tick: Tick = lambda: None
    ) -> Iterator[Statement | Answer]:
        """Each statement as soon as it is verified, then the whole answer.

        While a chat model writes, ``tick`` is called with every piece of the reply; an exception from ``tick`` stops
        the model.
        """
        try:
            yield from self._answering.stream(question, history, filters, tick)
        finally:
            memory.give_back(memory.MINUTE)

    def search(self, query: str, k: int = 8, filters: Filters = ANYWHERE) -> list[Hit]:
        """The ``k`` best passages."""
        return retrieve(encodable(query), self.library, self._embedder, k=k, filters=filters)

    def challenge(
        self,
        idea: str,
        progress: Callable[[int, int, str], None] = lambda *_: None,
        importance: Mapping[str, float] | None = None,
        like: Verdict | None = None,
    ) -> Verdict:
        """Test ``idea``: return what the documents say for and against it. ``progress`` is called with the number of
        assumptions tested, the number of all, and the name of the next. ``importance`` (0..1) is set by the user for
        lenses or for numbers of assumptions. If ``like`` is an earlier verdict, the assumptions that a model proposed
        for it are tested again."""
        try:
            return self._pressure.challenge(idea, progress, importance, like)
        finally:
            memory.give_back()

    def prepare(self, progress: Callable[[float], None]) -> None:
        """Unpack the models that read passages. This happens once on each machine. ``progress`` is called with the
        share that is done; it is not called if the models are unpacked already, or if another model reads.

        Raises:
            ModelUnavailable: a part of the models is not on this machine.
        """
        if self._reader is None or (self._sides is None and isinstance(self._stance, IdeaReader)):
            shipped.prepare(progress)

    def check_importance(self, importance: Mapping[str, float]) -> None:
        """Refuse an ``importance`` that no assumption of any idea can have, before the idea is tested.

        Raises:
            SettingsError: ``importance`` holds such an entry.
        """
        self._pressure.check_importance(importance)

    def replied(self, verdict: Verdict, message: str, findings: Sequence[Finding]) -> Beside:
        """Return a model's checked comment on a ``message`` about a verdict, written from these findings and the
        verdict's case; nothing if no model is set."""
        if self._reader is None:
            return Beside()
        return replying.replied(self._reader, verdict, message, findings, library=self.library, embedder=self._embedder)

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        """Return, for each claim and text, the side on which the text stands and its probability. A model decides if
        one is set; if it fails, the evidence model does."""
        try:
            return _sides(self._sides or self._stance, pairs)
        except ModelError:
            return _sides(self._stance, pairs)

    def sure_sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        """Return what ``sides`` returns, but let only a chat model decide. Without a chat model, or if it fails, each
        side is unclear: the evidence model is wrong too often to change a verdict because of a user's message."""
        if self._sides:
            with suppress(ModelError):
                told = _sides(self._sides, pairs)
                return [one if one[1] >= SURE else UNSURE for one in told]
        return [UNSURE for _ in pairs]

    def close(self) -> None:
        """Close the library's files."""
        self.library.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _sides(stance: IdeaModel, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
    found: list[tuple[Stance, float]] = []
    for claim, group in groupby(pairs, key=lambda pair: pair[0]):
        weights = stance.weigh(claim, [whole(text) for _, text in group])
        found += [side_of(weight.sides, stance.sure) for weight in weights]
    return found


def build_embedder(settings: Settings) -> Embedder:
    """The embedding model that ``settings`` name; the model is loaded, or its server asked, when the first text is
    embedded.

    Raises:
        SettingsError: the settings name a server whose address is invalid.
    """
    stay_offline()
    if settings.embedding_model.startswith(("http://", "https://")):
        return ServedEmbedder(settings.embedding_model, settings.model_timeout)
    return SentenceTransformerEmbedder(settings.embedding_model)


def open_library(
    library: str | None = None,
    *,
    home: str | Path | None = None,
    config: str | Path | None = None,
    chat: BaseChatModel | None = None,
    **settings: Any,
) -> Assistant:
    """An assistant over a library that ``pushback ingest`` has filled.

    Without arguments it is the library that the command line uses: a TOML file (``config``) and the variables
    ``PUSHBACK_*`` are read, and arguments override them. ``settings`` are further fields of ``Settings``, for instance
    ``model="ollama:llama3.2"``. ``chat`` is a chat model of LangChain that writes the answers.

    Close the assistant when you are done, or use it in a ``with`` block.

    Raises:
        LibraryMissing: nothing has been ingested there.
        SettingsError, ModelUnavailable: a setting is invalid, or the model that it names lacks a package.
    """
    flags = {"library": library, "home": home, **settings}
    return build_assistant(load(flags, config=Path(config) if config else None), chat=chat)


def build_assistant(
    settings: Settings, embedder: Embedder | None = None, chat: BaseChatModel | None = None
) -> Assistant:
    """An assistant over the library that ``settings`` name; a ``chat`` model is used instead of the one that the
    settings name.

    Raises:
        LibraryMissing: nothing has been ingested there.
        SettingsError, ModelUnavailable: a model is named that cannot be one, or lacks a package.
    """
    model = build_model(settings, chat)
    embedder = embedder or build_embedder(settings)
    library = Library.open(settings, embedder)
    judge = ModelJudge() if settings.check_claims == "model" else None
    stance, weighs = build_stance(settings, model), settings.evidence_model in FOLLOWS
    return Assistant(
        library,
        embedder,
        stance,
        gathered(settings.lenses),
        model=model,
        weighs=weighs,
        judge=judge,
    )


def build_model(settings: Settings, chat: BaseChatModel | None = None, *, key: SecretStr | None = None) -> Model | None:
    """The chat model that ``settings`` name, or None.

    It is opened at its first call. ``key`` is used instead of the key in the environment.

    Raises:
        SettingsError, ModelUnavailable: as ``providers.check`` does.
    """
    return Model(settings, chat, key=key) if settings.writer else None


def build_stance(settings: Settings, model: Model | None = None) -> IdeaModel:
    """The stance model that ``settings`` name, which tells the side of a finding. The setting can be ``model``, for the
    chat model. The stance model is loaded when it is first used.

    Raises:
        SettingsError: the setting says ``model``, but no model is set.
    """
    match settings.evidence_model:
        case "auto" | "pushback":
            return IdeaReader()
        case "none":
            return Alone(PlainMarks())
        case "llm":
            if model is None:
                hint = "Name one with --model or PUSHBACK_MODEL, or leave evidence_model out."
                raise SettingsError("The evidence model is to be the LLM, and no model is named.", hint=hint)
            return Alone(LlmStance(model))
        case name:
            stay_offline()
            return Alone(NliStance(name))

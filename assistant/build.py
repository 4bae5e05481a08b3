"""Builds an assistant from its parts: library, embedding model, chat model, evidence model and lenses."""

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
from assistant.pressure.lens import Lens, all_lenses
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
    """Answers questions, searches passages and tests ideas, all with the documents of one library. Models are loaded
    when they are first used."""

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
        """``model`` writes the answers; if ``weighs`` is true, it also reads the passages for pressure tests, instead
        of ``stance``.

        ``stance`` is the model that decides whether a passage supports or challenges a claim. ``lenses`` are the
        questions that a pressure test asks of every idea. ``judge`` checks whether the claims of ``model`` follow from
        their quotes.
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
        """Return an assistant over the same library, with ``model`` as the chat model that writes the answers.
        ``stance`` replaces the model that decides whether a passage supports or challenges a claim; if ``stance`` is
        None, the present model is kept."""
        stance = stance or self._stance
        return Assistant(
            self.library, self._embedder, stance, self._lenses, model=model, weighs=self._weighs, judge=self._judge
        )

    def ask(self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE) -> Answer:
        """Answer ``question`` from the documents that match ``filters``, and return the answer. ``history`` has the
        earlier messages of the conversation."""
        try:
            return self._answering.answer(question, history, filters)
        finally:
            memory.give_back(memory.MINUTE)

    def stream(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = ANYWHERE, tick: Tick = lambda: None
    ) -> Iterator[Statement | Answer]:
        """Answer ``question`` from the documents that match ``filters``. Each statement of the answer is yielded as
        soon as it is verified, and the whole answer at the end. ``history`` has the earlier messages of the
        conversation.

        While a chat model writes, ``tick`` is called for every piece of its reply. If ``tick`` raises an exception, the
        model is stopped.
        """
        try:
            yield from self._answering.stream(question, history, filters, tick)
        finally:
            memory.give_back(memory.MINUTE)

    def search(self, query: str, k: int = 8, filters: Filters = ANYWHERE) -> list[Hit]:
        """Return the ``k`` passages that match ``query`` best, the best first. ``filters`` limit the search, for
        instance to some authors."""
        return retrieve(encodable(query), self.library, self._embedder, k=k, filters=filters)

    def challenge(
        self,
        idea: str,
        progress: Callable[[int, int, str], None] = lambda *_: None,
        importance: Mapping[str, float] | None = None,
        like: Verdict | None = None,
    ) -> Verdict:
        """Test ``idea`` against the documents, and return the verdict, which has the evidence for and against each
        assumption behind the idea.

        ``progress`` is called with the number of steps done, the number of all steps, and the name of the next step.
        ``importance`` maps assumptions to weights from 0 to 1; an assumption without a key keeps the weight that it has
        otherwise. A key is the number of an assumption in the verdict, such as "2"; the name of a lens (a question that
        is put to every idea); or an assumption's role in the idea, such as "the reason".

        ``like`` is an earlier verdict on the same idea, or on another version of it, for instance a more general one.
        The changes that people made to this verdict are kept: assumptions that they added or reworded are tested again,
        assumptions that they left out stay out, and the weights that they set stay. Their decisions that a quote is for
        an assumption, against it, or not about it, stay as well. Assumptions that a model proposed are tested again
        only if the idea is the same. If ``like`` is None, nothing is taken over.

        Raises:
            SettingsError: the idea is empty, has no words, or is too long, or ``importance`` has an invalid key or
                value.
        """
        try:
            return self._pressure.challenge(idea, progress, importance, like)
        finally:
            memory.give_back()

    def prepare(self, progress: Callable[[float], None]) -> None:
        """Unpack the passage-reading models that come with the program, so that the first question need not wait for
        this. Unpacking is needed once on each machine.

        ``progress`` is called with the finished share, from 0 to 1. It is not called if the models are unpacked
        already, or if they are not needed because a chat model reads the passages.

        Raises:
            ModelUnavailable: a part of the models is not on this machine.
        """
        if self._reader is None or (self._sides is None and isinstance(self._stance, IdeaReader)):
            shipped.prepare(progress)

    def check_importance(self, importance: Mapping[str, float]) -> None:
        """Check the keys and values of ``importance``, which says how much each assumption of an idea counts, before
        the idea is tested.

        Raises:
            SettingsError: a value is not within 0 to 1, or a key is neither the number of an assumption, counted from
                1, nor a name that an assumption can have: the name of a lens, or a role in the idea, such as "the
                reason".
        """
        self._pressure.check_importance(importance)

    def replied(self, verdict: Verdict, message: str, findings: Sequence[Finding]) -> Beside:
        """Return a chat model's comment on a verdict, in reply to the user's ``message`` about it. Each sentence of the
        comment is checked against the documents. Without a chat model, the comment is empty.

        The message may have changed the verdict: ``verdict`` is the verdict after this change, and ``findings`` are the
        quotes for or against the idea that the change added or removed. The model reads the passages that contain these
        quotes, and those that contain the strongest findings in ``verdict``.
        """
        if self._reader is None:
            return Beside()
        return replying.replied(self._reader, verdict, message, findings, library=self.library, embedder=self._embedder)

    def sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        """For each pair of a claim and a text, return whether the text supports or challenges the claim, and how
        probable this is. The stance is unclear if neither is probable enough.

        If the assistant has a chat model that reads passages in pressure tests (tests of an idea against the
        documents), this chat model decides. Without one, or if it fails, the model that the setting ``evidence_model``
        chooses decides.
        """
        try:
            return _sides(self._sides or self._stance, pairs)
        except ModelError:
            return _sides(self._stance, pairs)

    def sure_sides(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[Stance, float]]:
        """Return for each pair of a claim and a text whether the text supports or challenges the claim, and how
        probable this is. Only a chat model decides.

        The stance is unclear, with the probability 0, if no chat model reads passages in pressure tests (tests of an
        idea against the documents), if this chat model fails, or if the probability that it gives is below ``SURE``.
        Unlike ``sides``, this method does not then ask the model that the setting ``evidence_model`` chooses: the
        result may change a verdict, and that model is wrong too often for this.
        """
        if self._sides:
            with suppress(ModelError):
                told = _sides(self._sides, pairs)
                return [one if one[1] >= SURE else UNSURE for one in told]
        return [UNSURE for _ in pairs]

    def close(self) -> None:
        """Close the library's files and connections."""
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
    """Return the embedding model chosen in ``settings``: a local one, or one on a server if the setting is an address.
    A local model is loaded, and a server is called, only when the first text is embedded.

    Raises:
        SettingsError: the address of the server is invalid.
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
    """Open a library that ``pushback ingest`` has filled, and return an assistant over it.

    Without arguments, this opens the library that the command line uses. Settings come from a TOML file (``config``)
    and from environment variables ``PUSHBACK_*``; the arguments override both. ``library`` is the library's name and
    ``home`` the folder that holds all libraries. ``settings`` are further fields of ``Settings``, for instance
    ``model="ollama:llama3.2"``. ``chat`` is a LangChain chat model that is used instead of the one that the setting
    ``model`` chooses.

    Close the assistant when you are done, or use it in a ``with`` block.

    Raises:
        LibraryMissing: the library does not exist, since no documents have been ingested into it.
        SettingsError, ModelUnavailable: a setting is invalid, or a package that the chosen model needs is not
            installed.
    """
    flags = {"library": library, "home": home, **settings}
    file = Path(config) if config else None
    found = load(flags, config=file)
    if chat is not None and not found.writer:
        found = load({**flags, "model": f"langchain:{type(chat).__name__}"}, config=file)
    return build_assistant(found, chat=chat)


def build_assistant(
    settings: Settings, embedder: Embedder | None = None, chat: BaseChatModel | None = None
) -> Assistant:
    """Return an assistant that uses the library chosen in ``settings``. ``embedder`` and ``chat`` replace the embedding
    model and the chat model chosen in the settings; ``chat`` is ignored if no chat model is chosen there.

    Raises:
        LibraryMissing: the library does not exist, since no documents have been ingested into it.
        SettingsError, ModelUnavailable: the name of a model is invalid, or the model needs a package that is not
            installed.
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
        all_lenses(settings.lenses),
        model=model,
        weighs=weighs,
        judge=judge,
    )


def build_model(settings: Settings, chat: BaseChatModel | None = None, *, key: SecretStr | None = None) -> Model | None:
    """Return the chat model chosen in ``settings``, or None if none is chosen there.

    The model is opened at its first call. ``chat`` is used instead of the model that the settings name; ``key`` is used
    instead of the API key in the environment.

    Raises:
        SettingsError: the name of the model is invalid.
        ModelUnavailable: the model needs a package that is not installed.
    """
    return Model(settings, chat, key=key) if settings.writer else None


def build_stance(settings: Settings, model: Model | None = None) -> IdeaModel:
    """Return the model that decides whether a passage supports or challenges a claim. The setting ``evidence_model``
    chooses it.

    The value ``llm`` stands for the chat model ``model``, ``none`` for plain rules without a neural network, and
    ``auto`` or ``pushback`` for the model that comes with the program. Any other value is the name of a cross-encoder.
    The model is loaded when it is first used.

    Raises:
        SettingsError: the setting is ``llm``, but ``model`` is None.
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

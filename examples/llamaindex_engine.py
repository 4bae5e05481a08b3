"""A LlamaIndex query engine, and its retriever, over the documents of a library: other systems to measure beside ours.

    pushback ingest eval/suites/sample/documents
    PYTHONPATH=examples pushback eval run eval/suites/sample/suite.yaml \
        --system pushback --system llamaindex_engine:engine --system llamaindex_engine:retriever

It needs `pip install llama-index-core`. It embeds with our embedding model and has no LLM: its answer is what it finds,
the two nearest stretches of some 80 words, which is LlamaIndex's own default number.
"""

from llama_index.core import Document, MockEmbedding, Settings, VectorStoreIndex
from llama_index.core.llms import MockLLM
from llama_index.core.node_parser import SentenceSplitter

from assistant import open_library
from assistant.build import build_embedder
from assistant.settings import load

WORDS = 80

embedder = build_embedder(load({}))


class Embedding(MockEmbedding):
    """Our embedding model as LlamaIndex asks for one."""

    def _get_vector(self, text: str) -> list[float]:
        return [float(number) for number in embedder.query(text)]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_vector(text)

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_vector(query)


with open_library() as assistant:
    library = assistant.library
    documents = [
        Document(
            text=library.document(entry.about.id).text,
            metadata={"source": entry.about.source},
            excluded_embed_metadata_keys=["source"],
            excluded_llm_metadata_keys=["source"],
        )
        for entry in library.entries()
    ]

splitter = SentenceSplitter(chunk_size=WORDS, chunk_overlap=0, tokenizer=str.split)
index = VectorStoreIndex.from_documents(
    documents, embed_model=Embedding(embed_dim=embedder.identity.dimension), transformations=[splitter]
)
Settings.llm = MockLLM()  # else LlamaIndex looks for one of OpenAI's, which nothing here would ask
engine = index.as_query_engine(response_mode="no_text")
retriever = index.as_retriever(similarity_top_k=20)

"""A LangChain chain over our retriever: the passages become the prompt of a chat model of your choice.

    python examples/langchain_chain.py "How long is a quotation valid?"

It prints the prompt. `prompt | model` instead of `prompt` asks a model.
"""

import sys

from langchain_core.documents import Document
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from assistant import PassageRetriever, open_library


def joined(passages: list[Document]) -> str:
    """The passages as text, each below the name of its document."""
    return "\n\n".join(f"[{passage.metadata['source']}]\n{passage.page_content}" for passage in passages)


prompt = ChatPromptTemplate.from_template("Answer from these passages.\n\n{passages}\n\nQuestion: {question}")

with open_library() as assistant:
    retriever = PassageRetriever(assistant=assistant, k=4)
    chain = {"passages": retriever | joined, "question": RunnablePassthrough()} | prompt
    print(chain.invoke(sys.argv[1]).to_string())

"""A LangChain agent that tests an idea against the documents before it recommends it.

    python examples/langchain_agent.py openai:gpt-4.1-mini "Should we drop the trade fairs?"

Any chat model that calls tools will do. The documents are those of the library that `pushback ingest` filled.
"""

import sys
from typing import Any

from langchain.agents import create_agent
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel

from assistant import open_library, pressure_test

TASK = "Test every idea with the tool before you recommend it. Quote what speaks against it."


def recommend(model: BaseChatModel, question: str) -> str:
    """What the agent says in the end."""
    with open_library() as assistant:
        agent: Any = create_agent(model, tools=[pressure_test(assistant)], system_prompt=TASK)
        state = agent.invoke({"messages": [("user", question)]})
    return str(state["messages"][-1].text)


if __name__ == "__main__":
    print(recommend(init_chat_model(sys.argv[1]), sys.argv[2]))

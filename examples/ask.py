"""Ask the library that `pushback ingest` filled, and print each statement with its source.

python examples/ask.py "How long is a quotation valid?"
"""

import sys

from assistant import PushbackError, open_library

try:
    with open_library() as assistant:
        answer = assistant.ask(sys.argv[1])
except PushbackError as error:
    sys.exit(f"{error} {error.hint}")

for statement in answer.statements:
    print(statement.text)
    for citation in statement.citations:
        print(f"  {citation.about.source}:{citation.start}-{citation.end}")
if answer.refused:
    print(answer.reason)

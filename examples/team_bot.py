"""A bot for a chat program that sends outgoing webhooks, as Mattermost and Slack do: it answers from a library.

    pushback serve &
    python examples/team_bot.py 8600

The chat program posts `text` as JSON or as a form; the bot asks `pushback serve` and replies with Markdown. Let it
listen on this machine alone, behind a proxy that speaks TLS, or check the token that your chat program sends.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import httpx

URL = os.environ.get("PUSHBACK_URL", "http://127.0.0.1:8502")
TOKEN = os.environ.get("PUSHBACK_TOKEN", "")  # one of the file that `pushback serve --tokens` reads
MOST = 10_000  # bytes of a message


def reply(question: str) -> str:
    """The answer as Markdown: its statements, then the sources with their numbers."""
    headers = {"Authorization": f"Bearer {TOKEN}"} if TOKEN else {}
    asked = {"model": "default", "messages": [{"role": "user", "content": question}]}
    response = httpx.post(f"{URL}/v1/chat/completions", json=asked, headers=headers, timeout=120)
    if response.is_error:
        return "The library cannot answer just now."
    return str(response.json()["choices"][0]["message"]["content"])


class Bot(BaseHTTPRequestHandler):
    """Reads a message, and writes the answer to it."""

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), MOST)).decode("utf-8", "replace")
        is_json = self.headers.get_content_type() == "application/json"
        text = json.loads(body)["text"] if is_json else parse_qs(body).get("text", [""])[0]
        answer = json.dumps({"text": reply(text)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Bot).serve_forever()

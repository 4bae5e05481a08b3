"""The web app as it is served: whom it answers, and what each visitor is offered. Real requests to a real server."""

from __future__ import annotations

import json
import re
import socket
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from assistant.library.library import Library
from assistant.settings import Settings
from tests.conftest import make_document, make_new
from tests.fakes import WordEmbedder
from tests.test_architecture import ROOT
from tests.visiting import App, Browser, browser, free_port, local_app, serving, signed_in, visiting

__all__ = ["local_app"]
pytestmark = pytest.mark.slow

EVIL = "evil.example"
FOLDER = "Folder or file"


def own(app: App, name: str = "127.0.0.1") -> str:
    return f"http://{name}:{app.port}"


def test_at_the_machine_itself_a_folder_of_it_can_be_named(local_app: App) -> None:
    for name in ("127.0.0.1", "localhost"):
        with visiting(local_app, host=name, origin=own(local_app, name)) as visitor:
            assert FOLDER in visitor.open().of_kind("text_input")
            assert FOLDER in visitor.open("library").of_kind("text_input")


def test_a_page_whose_name_was_led_to_this_machine_is_refused(local_app: App) -> None:
    with (
        pytest.raises(InvalidStatus, match="400"),
        visiting(local_app, host=EVIL, origin=own(local_app, EVIL)) as visitor,
    ):
        visitor.open()
    for path in ("/", "/_stcore/health", "/_stcore/host-config"):
        assert local_app.request("GET", path, {"Host": EVIL}).status == 400


@pytest.mark.parametrize("origin", [f"http://{EVIL}", "http://localhost:1", "http://127.0.0.1", "null", "http://["])
def test_a_page_of_another_origin_is_refused(local_app: App, origin: str) -> None:
    with pytest.raises(InvalidStatus, match="403"), visiting(local_app, origin=origin) as visitor:
        visitor.open()
    assert local_app.request("GET", "/_stcore/health", {"Origin": origin}).status == 403
    assert local_app.request("PUT", "/_stcore/upload_file/a/b", {"Origin": origin}).status == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP"])
def test_through_a_proxy_no_folder_can_be_named(local_app: App, header: str) -> None:
    with visiting(local_app, origin=own(local_app), headers={header: "127.0.0.1"}) as visitor:
        assert FOLDER not in visitor.open("library").of_kind("text_input")


@pytest.mark.parametrize(("host", "status"), [("answers.example", 0), (EVIL, 400), ("127.0.0.1", 0)])
def test_others_reach_it_by_the_names_that_were_allowed_and_name_no_folder(
    tmp_path: Path, host: str, status: int
) -> None:
    with serving(tmp_path, "--allowed-hosts", "answers.example, *.team.example") as app:
        if status:
            with pytest.raises(InvalidStatus, match=str(status)), visiting(app, host=host):
                pass
        else:
            with visiting(app, host=host, origin=own(app, host)) as visitor:
                assert FOLDER not in visitor.open("library").of_kind("text_input")


def test_a_foreign_origin_makes_the_server_ask_nobody(tmp_path: Path) -> None:
    """What the server would ask of the internet would go through this proxy."""
    with socket.create_server(("127.0.0.1", free_port())) as proxy:
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        with (
            serving(tmp_path, http_proxy=address, https_proxy=address) as app,
            pytest.raises(InvalidStatus),
            visiting(app, origin=f"http://{EVIL}"),
        ):
            pass
        proxy.settimeout(0.5)
        with pytest.raises(TimeoutError):
            proxy.accept()


@pytest.mark.parametrize("path", ["/", "/library", "/_stcore/health", "/static/none.js"])
def test_no_other_page_may_frame_ours_and_ours_loads_nothing_from_elsewhere(local_app: App, path: str) -> None:
    headers = local_app.request("GET", path).headers
    policy = headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src 'self' 'sha256-" in policy
    assert "unsafe-eval" not in policy
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")


def test_what_fails_in_the_program_is_told_in_the_log_and_to_no_visitor(tmp_path: Path) -> None:
    broken = "raise ZeroDivisionError('the secret of the house')\n"
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\nfrom importlib.util import spec_from_loader\n"
        "class Broken:\n"
        "    def find_spec(self, name, *_):\n"
        "        return spec_from_loader(name, self) if name == 'ui.screens.documents' else None\n"
        "    def create_module(self, spec): return None\n"
        f"    def exec_module(self, module): {broken}"
        "sys.meta_path.insert(0, Broken())\n"
    )
    with serving(tmp_path, PYTHONPATH=f"{tmp_path}:{ROOT}") as app, visiting(app) as visitor:
        page = visitor.open("library")

    assert [one.kind for one in page.elements if one.kind == "exception"]
    assert "the secret of the house" in app.log.read_text()
    for told in ("secret", "ZeroDivisionError", "Traceback", "pages.py", str(tmp_path)):
        assert told not in page.raw


SECRET = "a long random text of the server"
FAR = "answers.example"
PEARS = make_document("Ninety pear trees.", "pears.md")
CHANGES = {"Remove", "Read again", "Replace", "Check the library", "Re-index", "Run it"}


def held(app: App) -> float:
    """Bytes of dropped files in the server's memory."""
    time.sleep(5.1)  # Streamlit keeps what it told for five
    told = app.request("GET", "/_stcore/metrics").body.decode()  # type: ignore[attr-defined]
    return sum(map(float, re.findall(r'cache_type="UploadedFileManager"[^}]*}\s+(\d+)', told)))


def pears(home: Path) -> Library:
    """A library of one document."""
    library = Library.open(Settings(home=home), WordEmbedder(), create=True)
    with library.writing() as writer:
        writer.put([make_new(PEARS, WordEmbedder())])
    return library


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app for people who sign in, over a library of one document; owners may name a folder of the machine."""
    home = tmp_path_factory.mktemp("served")
    pears(home).close()
    (home / ".streamlit").mkdir()
    auth = {
        "redirect_uri": f"http://{FAR}/oauth2callback",
        "cookie_secret": SECRET,
        "client_id": "pushback",
        "client_secret": "s",
        "server_metadata_url": "http://127.0.0.1:9/.well-known/openid-configuration",
    }
    told = "\n".join(f"{name} = {json.dumps(value)}" for name, value in auth.items())
    (home / ".streamlit" / "secrets.toml").write_text(f"[auth]\n{told}\n")
    named = {"PUSHBACK_OWNERS": "boss", "PUSHBACK_EDITORS": "groups=writers", "PUSHBACK_SERVER_FOLDERS": "true"}
    with serving(home, "--allowed-hosts", FAR, **named) as app:
        yield app


def someone(app: App, **claims: object) -> Browser:
    """A browser in which somebody has signed in."""
    one = browser(app, FAR)
    return one._replace(cookies={**one.cookies, "_streamlit_user": signed_in(SECRET, one.origin, iss="id", **claims)})


def test_who_has_not_signed_in_sees_the_door_alone_and_leaves_nothing_in_memory(served: App) -> None:
    one = browser(served, FAR)
    with one.visiting() as visitor:
        page = visitor.open("library")
        assert one.upload(page.session, "a.md", b"x" * 1_000_000) == 403
        assert held(served) == 0

    assert page.of_kind("button") == ["Sign in"]
    assert not {"file_uploader", "text_input", "arrow_data_frame"} & {one.kind for one in page.elements}


def test_a_reader_reads_and_changes_nothing(served: App) -> None:
    one = someone(served, sub="ann")
    with one.visiting() as visitor:
        page = visitor.open("library")
        document = visitor.open("library", f"document={PEARS.id}")
        scores = visitor.open("scoreboard")
        assert one.upload(page.session, "a.md", b"x" * 1_000_000) == 403

    assert "1 document, 1 passage" in str(page.of_kind("html"))
    assert not {"file_uploader", "text_input", "form"} & {one.kind for one in page.elements}
    assert "Ninety pear trees." in str(document.of_kind("html"))
    assert not CHANGES & {*page.of_kind("button"), *document.of_kind("button"), *scores.of_kind("button")}


def test_an_editor_adds_and_removes_and_an_owner_does_all(served: App) -> None:
    editor, owner = someone(served, sub="bob", groups=["writers"]), someone(served, sub="boss")
    with editor.visiting() as visitor:
        theirs = visitor.open("library")
        document = visitor.open("library", f"document={PEARS.id}")
        assert editor.upload(theirs.session, "a.md", b"Pears.") == 204
        assert held(served) > 0
    with owner.visiting() as visitor:
        own = visitor.open("library")
        scores = visitor.open("scoreboard")

    assert "Remove" in document.of_kind("button")
    assert FOLDER not in theirs.of_kind("text_input")
    assert not {"Re-index", "Check the library"} & set(theirs.of_kind("button"))
    assert FOLDER in own.of_kind("text_input")
    assert {"Re-index", "Check the library", "Run it"} <= {*own.of_kind("button"), *scores.of_kind("button")}


def test_two_servers_of_the_app_share_who_has_signed_in_and_who_has_signed_out(served: App) -> None:
    """Behind a proxy they have one address, and one file of secrets."""
    with serving(served.log.parent, "--allowed-hosts", FAR, PUSHBACK_OWNERS="boss") as other:
        here = someone(served, sub="boss")
        both = [here, here._replace(app=other)]

        def seen() -> list[list[str]]:
            buttons = []
            for one in both:
                with one.visiting() as visitor:
                    buttons.append(visitor.open("library").of_kind("button"))
            return buttons

        assert all("Re-index" in buttons for buttons in seen())
        left = both[1].app.request("GET", "/auth/logout", both[1].headers)
        gone = [cookie.partition("=")[0] for cookie in left.headers.get_all("Set-Cookie") if "Max-Age=0" in cookie]
        both = [one._replace(cookies={k: v for k, v in one.cookies.items() if k not in gone}) for one in both]

        assert "_streamlit_user" in gone
        assert seen() == [["Sign in"], ["Sign in"]]


def test_a_forged_cookie_signs_nobody_in(served: App) -> None:
    one = browser(served, FAR)
    forged = signed_in("another secret", one.origin, sub="boss")
    with one._replace(cookies={**one.cookies, "_streamlit_user": forged}).visiting() as visitor:
        assert visitor.open("library").of_kind("button") == ["Sign in"]


def test_where_nobody_signs_in_each_browser_from_elsewhere_has_its_own_conversations_and_adds_nothing(
    tmp_path: Path,
) -> None:
    pears(tmp_path).close()
    with serving(tmp_path, "--allowed-hosts", FAR) as app:
        one, other, near = browser(app, FAR), browser(app, FAR), browser(app)
        assert "pushback_visitor" not in near.cookies
        with one.visiting() as visitor:
            page = visitor.open("library")
            assert one.upload(page.session, "a.md", b"Pears.") == 403
        with Library.open(Settings(home=tmp_path), WordEmbedder()) as library:
            library.conversations.begin(f"visitor {sha256(one.cookies['pushback_visitor'].encode()).hexdigest()}")
        lists = []
        for each in (one, other, near):
            with each.visiting() as visitor:
                lists.append(visitor.open().of_kind("button").count("No question yet"))

    assert not {"file_uploader", "text_input"} & {one.kind for one in page.elements}
    assert lists == [1, 0, 0]


def test_streamlit_called_by_hand_is_guarded_too(tmp_path: Path) -> None:
    program = ("-m", "streamlit", "run", str(Path(__file__).parent.parent / "ui" / "app.py"))
    with serving(tmp_path, "--server.headless=true", program=(*program,)) as app:
        assert app.request("GET", "/", {"Host": EVIL}).status == 400
        with pytest.raises(InvalidStatus, match="403"), visiting(app, origin=f"http://{EVIL}"):
            pass

"""The web app as it is served: whom it answers, and what each visitor is offered. Real requests to a real server."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from tests.test_architecture import ROOT
from tests.visiting import App, free_port, local_app, serving, visiting

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


@pytest.mark.parametrize("origin", [f"http://{EVIL}", "http://localhost:1", "http://127.0.0.1", "null"])
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


def test_streamlit_called_by_hand_is_guarded_too(tmp_path: Path) -> None:
    program = ("-m", "streamlit", "run", str(Path(__file__).parent.parent / "ui" / "app.py"))
    with serving(tmp_path, "--server.headless=true", program=(*program,)) as app:
        assert app.request("GET", "/", {"Host": EVIL}).status == 400
        with pytest.raises(InvalidStatus, match="403"), visiting(app, origin=f"http://{EVIL}"):
            pass

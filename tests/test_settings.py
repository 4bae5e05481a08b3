from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.errors import SettingsError
from assistant.settings import Settings, load, set_by

ROOT = Path(__file__).resolve().parent.parent


def write(folder: Path, text: str) -> Path:
    path = folder / "pushback.toml"
    path.write_text(text, "utf-8")
    return path


def test_flags_win_over_the_environment_and_the_environment_over_the_file(tmp_path: Path) -> None:
    config = write(tmp_path, 'library = "file"\nport = 1111\npassage_words = 60\n')
    environ = {"PUSHBACK_PORT": "2222", "PUSHBACK_PASSAGE_WORDS": "70", "PATH": "/bin"}

    settings = load({"passage_words": 90, "port": None}, config=config, environ=environ)

    assert (settings.library, settings.port, settings.passage_words) == ("file", 2222, 90)


def test_with_nothing_set_the_defaults_hold_and_need_no_key_and_no_network() -> None:
    assert load({}, environ={}) == Settings()
    assert (Settings().model, Settings().catalog, Settings().chroma_url, Settings().host) == (
        *(None, None, None),
        "127.0.0.1",
    )


def test_an_empty_variable_is_not_set() -> None:
    assert load({}, environ={"PUSHBACK_PORT": "", "PUSHBACK_CONFIG": ""}) == Settings()


def test_the_environment_may_name_the_file_and_a_flag_another(tmp_path: Path) -> None:
    named = write(tmp_path, "port = 1111")
    (tmp_path / "other").mkdir()
    other = write(tmp_path / "other", "port = 2222")
    environ = {"PUSHBACK_CONFIG": str(named)}

    assert load({}, environ=environ).port == 1111
    assert load({}, environ=environ, config=other).port == 2222


def test_the_environment_of_the_process_is_read_when_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSHBACK_PORT", "4242")

    assert load({}).port == 4242


@pytest.mark.parametrize("where", ["file", "environment", "flags"])
def test_an_unknown_key_is_refused_by_name_wherever_it_stands(tmp_path: Path, where: str) -> None:
    config = write(tmp_path, 'libary = "x"' if where == "file" else "")
    environ = {"PUSHBACK_LIBARY": "x"} if where == "environment" else {}
    flags = {"libary": "x"} if where == "flags" else {}

    with pytest.raises(SettingsError, match="libary") as raised:
        load(flags, config=config, environ=environ)

    assert all(name in raised.value.hint for name in Settings.model_fields)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 0),
        ("port", 65_536),
        ("port", "many"),
        ("passage_words", 19),
        ("passage_words", 401),
        ("library", ""),
        ("library", "../elsewhere"),
        ("library", "a/b"),
        ("library", ".hidden"),
        ("library", "x" * 65),
        ("embedding_model", "  "),
        ("chroma_url", "localhost:8000"),
        ("catalog", "mysql://localhost/pushback"),
        ("catalog", "catalog.sqlite3"),
    ],
)
def test_a_value_out_of_range_is_refused_by_name(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=name):
        load({name: value}, environ={})


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(SettingsError, match=r"library.*port|port.*library"):
        load({"port": 0, "library": "a/b"}, environ={})


@pytest.mark.parametrize(
    "content", [b"port = ", b"port = 1\nport = 2", b"library = '\xff'", b"a = " + b"[" * 5_000, None]
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    config = tmp_path / "pushback.toml"
    if content is not None:
        config.write_bytes(content)

    with pytest.raises(SettingsError, match=r"pushback\.toml cannot be read"):
        load({}, config=config, environ={})


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load({}, config=tmp_path, environ={})


def test_a_table_in_the_file_is_an_unknown_key(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="server"):
        load({}, config=write(tmp_path, "[server]\nport = 1"), environ={})


def test_a_tilde_means_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path, 'library = "ours"')

    settings = load({"home": Path("~/kept")}, environ={"PUSHBACK_CONFIG": "~/pushback.toml"})

    assert settings.folder == tmp_path / "kept" / "ours"


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.slow
def test_importing_reads_no_setting(tmp_path: Path) -> None:
    """Bad settings are told by the door that loads them, never by an import."""
    bad = {
        "PUSHBACK_PORT": "bad",
        "PUSHBACK_NOPE": "1",
        "PUSHBACK_CONFIG": str(tmp_path / "none"),
        "HOME": str(tmp_path),
    }
    code = "import assistant.settings, assistant.build, ui.cli; print('imported')"

    came = subprocess.run(
        [sys.executable, "-c", code], check=False, env=bad, cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert (came.stdout, came.stderr) == ("imported\n", "")
    assert list(tmp_path.iterdir()) == []


def test_each_setting_names_what_sets_it(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('library = "mine"\nmodel = "a:b"\n')
    environ = {"PUSHBACK_CONFIG": str(file), "PUSHBACK_MODEL": "c:d", "PUSHBACK_API_KEY": "k", "PUSHBACK_HOME": ""}

    assert set_by(environ) == {"library": str(file), "model": "PUSHBACK_MODEL"}
    assert set_by({}) == {}

"""How the product starts, and how it says that it cannot."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from walletdesk.app.bench.scratch import free_port
from walletdesk.kit.pg import Server


def walletdesk(home: Path, *arguments: str, lang: str = "C.UTF-8", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the product's command line in a folder of its own."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WALLETDESK_")}
    environment |= {"WALLETDESK_HOME": str(home), "LC_ALL": lang}
    environment |= {f"WALLETDESK_{name.upper()}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "walletdesk.app.cli", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_used_port_is_named_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = walletdesk(tmp_path / "home", "serve", port=port)

    assert done.returncode == 1
    assert "[app.port_in_use]" in done.stderr
    assert port in done.stderr
    assert "WALLETDESK_PORT" in done.stderr
    assert not (tmp_path / "home" / "pg").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("port", "many"), ("pool_size_max", "-"), ("secure_cookies", "perhaps"), ("colour", "blue")]
)
def test_a_setting_that_cannot_be_used_is_refused_by_name(tmp_path: Path, name: str, value: str) -> None:
    done = walletdesk(tmp_path / "home", "doctor", **{name: value})

    assert done.returncode == 1
    assert "[app.setting_invalid]" in done.stderr
    assert f"WALLETDESK_{name.upper()}" in done.stderr


def test_a_refusal_is_said_in_the_terminals_language(tmp_path: Path) -> None:
    english = walletdesk(tmp_path / "home", "doctor", port="many")
    chinese = walletdesk(tmp_path / "home", "doctor", port="many", lang="zh_CN.UTF-8")

    assert english.stderr != chinese.stderr
    assert "[app.setting_invalid]" in chinese.stderr


def test_a_database_that_is_down_is_said_and_nothing_is_started(tmp_path: Path) -> None:
    url = f"postgresql://nobody@127.0.0.1:{free_port()}/none"
    done = walletdesk(tmp_path / "home", "doctor", database_url=url)

    assert done.returncode == 1
    assert "[kit.database_down]" in done.stderr


def test_a_data_directory_of_another_version_is_left_alone(tmp_path: Path) -> None:
    server = Server(tmp_path / "home")
    server.start()
    server.stop()
    version = server.data / "PG_VERSION"
    version.write_text("13\n")

    done = walletdesk(tmp_path / "home", "doctor")

    assert done.returncode == 1
    assert "[kit.data_of_another_version]" in done.stderr
    assert "13" in done.stderr
    assert version.read_text() == "13\n"
    server.destroy()


def test_a_second_owner_of_a_data_directory_is_told_who_the_first_is(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    code = (
        "import sys, time; from dataclasses import replace; from pathlib import Path;"
        "from walletdesk.app.settings import Settings; from walletdesk.app.supervisor import owning\n"
        "with owning(Settings(home=Path(sys.argv[1]))): print('owned', flush=True); time.sleep(60)"
    )
    first = subprocess.Popen([sys.executable, "-c", code, str(home)], stdout=subprocess.PIPE, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "owned\n"
        second = walletdesk(home, "doctor")
    finally:
        first.kill()
        first.wait()
        first.stdout.close()  # type: ignore[union-attr]

    assert second.returncode == 1
    assert "[app.home_in_use]" in second.stderr
    assert str(first.pid) in second.stderr


def test_every_command_has_help_with_an_example(tmp_path: Path) -> None:
    for arguments in (
        [],
        ["demo"],
        ["doctor"],
        ["ask"],
        ["understand"],
        ["bench"],
        ["ledger", "check"],
        ["world", "personas"],
    ):
        done = walletdesk(tmp_path, *arguments, "--help")
        assert done.returncode == 0
        assert "Example" in done.stdout

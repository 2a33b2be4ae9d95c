"""The whole product in processes of its own: `walletdesk demo` in a folder and on a port of the test's."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from tests.support import learnt
from walletdesk.app.bench.scratch import free_port
from walletdesk.kit.pg import Server

READY_SECONDS_MAX = 240.0
ENTRY = (sys.executable, "-m", "walletdesk.app.cli")


class Running:
    """One installation that is started, killed and started again."""

    def __init__(self, home: Path, port: int, *, command: str = "demo", **settings: str) -> None:
        self.home, self.port, self.command = home, port, command
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("WALLETDESK_")},
            "WALLETDESK_HOME": str(home),
            "WALLETDESK_PORT": str(port),
            "LC_ALL": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
            **{f"WALLETDESK_{name.upper()}": value for name, value in settings.items()},
        }
        self.process: subprocess.Popen[str] | None = None
        self.output: list[str] = []
        self._ready = threading.Event()

    @property
    def url(self) -> str:
        """Where the pages are."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> float:
        """Start and wait until it answers; return how many seconds that took."""
        started = time.monotonic()
        self._ready.clear()
        self.output.clear()
        self.process = subprocess.Popen(
            [*ENTRY, self.command],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, args=(self.process,), daemon=True).start()
        if not self._ready.wait(READY_SECONDS_MAX):
            self.stop()
            raise TimeoutError("".join(self.output[-40:]))
        return time.monotonic() - started

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            self.output.append(line)
            if "Ctrl+C" in line or (self.command == "serve" and self.url in line):
                self._ready.set()
        process.stdout.close()

    def link(self, path: str) -> str:
        """Return the first link that was printed to a path: `/w/`, `/sign-in/` (agent, then supervisor)."""
        found = re.findall(rf"http://\S+{re.escape(path)}\S*", "".join(self.output))
        return found[0]

    def run(self, *arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command of the product on this installation."""
        return subprocess.run(
            [*ENTRY, *arguments],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def part(self, name: str) -> psutil.Process:
        """Return the process of a part: app, worker, outside."""
        assert self.process is not None
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                if child.cmdline()[-2:] == ["walletdesk.app.part", name]:
                    return child
        raise LookupError(name)

    def kill(self, name: str) -> None:
        """Kill a part of it: app, worker, outside, database, or everything."""
        if name == "database":
            kill_postgres(self.home)
        elif name == "everything":
            assert self.process is not None
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            kill_postgres(self.home)
        else:
            self.part(name).kill()

    def stop(self) -> None:
        """End it in good order."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def destroy(self) -> None:
        """End it and remove its database."""
        self.stop()
        Server(self.home).destroy()


def kill_postgres(home: Path) -> None:
    """Kill the postmaster and each of its children at once; the kernel's page cache survives."""
    pid = Server(home).postmaster_pid()
    if pid is None:
        return
    with suppress(psutil.NoSuchProcess):
        server = psutil.Process(pid)
        for process in [server, *server.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                process.kill()


@contextmanager
def installation(**settings: str) -> Iterator[Running]:
    """Lend an installation in a folder that is removed afterwards; it is not started yet."""
    with tempfile.TemporaryDirectory(prefix="walletdesk-run-") as folder:
        running = Running(Path(folder) / "home", free_port(), **settings)
        learnt.lend_to(running.home)
        try:
            yield running
        finally:
            running.destroy()

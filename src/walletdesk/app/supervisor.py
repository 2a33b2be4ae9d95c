"""One command that runs everything: the embedded PostgreSQL, the application and the worker.

The supervisor owns the data folder (a lock that dies with it), restarts whatever dies, and takes everything
down when it is asked to stop. Its children end by themselves when it is killed: they hold the reading end of a
pipe whose writing end only the supervisor has. The database lives on after a kill and is taken over at the next
start.
"""

from __future__ import annotations

import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import ClassVar, Final

from walletdesk.app.settings import Settings
from walletdesk.kit.pg import Server
from walletdesk.kit.refusal import Kind, Refusal

PARTS: Final = ("app", "worker")
DEMO_PARTS: Final = ("outside", *PARTS)
"""The demo has an outside world too: banks and shops in a process of their own."""
RESTART_SECONDS_MAX: Final = 10.0
STOP_SECONDS_MAX: Final = 15.0
_log = logging.getLogger(__name__)


class PortInUse(Refusal):
    """Something else listens on the port; another can be chosen with WALLETDESK_PORT."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "app.port_in_use"


class HomeInUse(Refusal):
    """Another walletdesk works with this data folder."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "app.home_in_use"


class HomeNotWritable(Refusal):
    """The data folder cannot be made or written."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "app.home_not_writable"


@contextmanager
def owning(settings: Settings) -> Generator[None]:
    """Own the data folder for the length of a block.

    Raises:
        HomeInUse: Another process owns it; its number is in the details.
        HomeNotWritable
    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(settings.home / "owner.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise HomeNotWritable(home=str(settings.home)) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.pread(handle, 20, 0).decode().strip() or "?"
            raise HomeInUse(home=str(settings.home), pid=pid) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(handle)


def refuse_used_port(settings: Settings) -> None:
    """Find out before anything is started whether the port can be had.

    Raises:
        PortInUse
    """
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise PortInUse(field="WALLETDESK_PORT", port=settings.port) from error


@dataclass(slots=True)
class _Part:
    """One child process and how often it fell lately."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0
    started_at: float = 0.0
    next_start_at: float = field(default=0.0)


class Supervisor:
    """Runs the parts until it is told to stop."""

    def __init__(
        self, settings: Settings, *, server: Server | None, parts: Sequence[str] = PARTS
    ) -> None:
        self._settings = settings
        self._server = server
        self._parts = [_Part(name) for name in parts]
        self._stopping = False

    def run(self, on_ready: Callable[[], None]) -> None:
        """Start everything, call `on_ready` once the pages answer, and keep it running until a signal."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        told = False
        while not self._stopping:
            self._revive_database()
            for part in self._parts:
                self._revive(part)
            if not told and self._answers():
                told = True
                on_ready()
            time.sleep(0.1 if not told else 0.5)
        self._take_down()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _revive(self, part: _Part) -> None:
        if part.process is not None and part.process.poll() is None:
            if part.falls and time.monotonic() - part.started_at > 60:
                part.falls = 0
            return
        if part.process is not None:
            _log.warning("part ended", extra={"name_of_part": part.name, "code": part.process.returncode})
            part.process = None
            part.falls += 1
            part.next_start_at = time.monotonic() + min(RESTART_SECONDS_MAX, 0.1 * 2**part.falls)
        if time.monotonic() >= part.next_start_at:
            part.process = self._spawn(part.name)
            part.started_at = time.monotonic()

    def _spawn(self, name: str) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "WALLETDESK_SUPERVISED": "1", "OMP_NUM_THREADS": "1"}
        return subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-m", "walletdesk.app.part", name],
            stdin=subprocess.PIPE,
            env=environment,
            start_new_session=True,
        )

    def _revive_database(self) -> None:
        if self._server is not None and self._server.postmaster_pid() is None:
            self._server.start()
            return
        if self._server is not None and not _alive(self._server.postmaster_pid()):
            _log.warning("database ended; starting it again")
            self._server.start()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_INET6 if ":" in self._settings.host else socket.AF_INET) as probe:
            probe.settimeout(0.2)
            return probe.connect_ex((self._settings.host, self._settings.port)) == 0

    def _take_down(self) -> None:
        running = [part.process for part in self._parts if part.process is not None]
        for process in running:
            with suppress(ProcessLookupError):
                process.terminate()
        deadline = time.monotonic() + STOP_SECONDS_MAX
        for process in running:
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self._server is not None:
            self._server.stop()


def _alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

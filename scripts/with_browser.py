"""Runs a command with the browser of the tests in its environment; brings the browser first.

`WD_CHROMIUM` names it, `WD_CHROMIUM_LIBS` the libraries it was shipped with, `FONTCONFIG_FILE` a font with
Chinese characters; see `web/tests/chromium.mjs`.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hatch_build import WEB, install


def main() -> None:
    """Prepare, then become the command."""
    _, environment = install()
    said = subprocess.run(
        ["node", "tests/chromium.mjs"], cwd=WEB, env=environment, check=True, capture_output=True, text=True
    )
    for line in said.stdout.splitlines():
        name, separator, value = line.removeprefix("export ").partition("=")
        if separator:
            environment[name] = value.strip("'\"")
    os.execvpe(sys.argv[1], sys.argv[1:], environment)


if __name__ == "__main__":
    main()

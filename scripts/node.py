"""Installs Node from the lock file into the virtual environment where the machine has none that is new enough."""

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from hatch_build import ROOT, _new_enough, is_fresh

node = shutil.which("node")
if not is_fresh() and not (node and shutil.which("npm") and _new_enough(node)):
    lock = ROOT / "requirements" / "node.txt"
    arguments = ["--disable-pip-version-check", "-q", "install", "--require-hashes", "--no-deps", "-r", str(lock)]
    subprocess.run([sys.argv[1], "-m", "pip", *arguments], check=True)

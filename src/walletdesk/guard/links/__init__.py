"""Links that people paste: found in free text, judged by what they are, never opened.

Pure functions: nothing is asked of the network, so a link that is checked learns nothing about who asked.
"""

from walletdesk.guard.links.finding import find
from walletdesk.guard.links.judging import check, check_all, worst
from walletdesk.guard.links.model import Checked, Link, Policy, Sign, Verdict, Weight
from walletdesk.guard.links.saying import reason, reasons

__all__ = [
    "Checked", "Link", "Policy", "Sign", "Verdict", "Weight", "check", "check_all", "find", "reason", "reasons",
    "worst",
]  # fmt: skip

"""Links that people paste: found in free text, judged by what they are, never opened.

Pure functions: nothing is asked of the network, so a link that is checked learns nothing about who asked.
"""

from walletdesk.guard.links.finding import find, without_links
from walletdesk.guard.links.judging import check, check_all, worst
from walletdesk.guard.links.model import NOTHING_SET, Checked, Link, Policy, Sign, Verdict, Weight
from walletdesk.guard.links.saying import reason, reasons

__all__ = [
    "NOTHING_SET",
    "Checked", "Link", "Policy", "Sign", "Verdict", "Weight", "check", "check_all", "find", "reason", "reasons",
    "without_links", "worst",
]  # fmt: skip

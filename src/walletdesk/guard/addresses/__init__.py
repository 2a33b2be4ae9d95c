"""Blockchain addresses: what they are, whether they hold a typing error, and whether they fit where they are used.

A transfer on a blockchain cannot be taken back, so an address is checked before anything is sent. Pure functions;
nothing is asked of any chain. Nobody here ever needs a key or a recovery phrase, and one that is pasted is named so.
"""

from walletdesk.guard.addresses.checking import check, find, look_alike
from walletdesk.guard.addresses.model import Checked, Network, Outcome, Sent, Verdict
from walletdesk.guard.addresses.naming import named_network, named_tag, names_platform
from walletdesk.guard.addresses.sent import after_sending

__all__ = [
    "Checked", "Network", "Outcome", "Sent", "Verdict", "after_sending", "check", "find", "look_alike", "named_network",
    "named_tag", "names_platform",
]  # fmt: skip

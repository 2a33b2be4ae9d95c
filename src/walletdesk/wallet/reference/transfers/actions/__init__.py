"""What is done with transfers, by subject: sending, following the rail, undoing."""

from walletdesk.wallet.reference.transfers.actions.following import conclude, release_due
from walletdesk.wallet.reference.transfers.actions.sending import send, top_up, withdraw
from walletdesk.wallet.reference.transfers.actions.undoing import cancel, recredit, void_hold

__all__ = ["cancel", "conclude", "recredit", "release_due", "send", "top_up", "void_hold", "withdraw"]

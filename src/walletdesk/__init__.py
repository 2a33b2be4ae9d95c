"""walletdesk: the customer-service system of a digital wallet, the desk that can see the ledger."""

__version__ = "0.1.0"

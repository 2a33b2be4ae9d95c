"""The bot: understanding what was said, and the dialogue that answers from the ledger or calls a person."""

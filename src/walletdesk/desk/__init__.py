"""The desk's wing: conversations and their promise, routing to people, feedback. Knows `wallet.gateway` only."""

"""`python -m walletdesk.app.cli` does what `walletdesk` does."""

from walletdesk.app.cli import main

main()

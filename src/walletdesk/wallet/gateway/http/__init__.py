"""Doors of the gateway: the contract served for the reference wallet, and the one where wallets tell their news."""

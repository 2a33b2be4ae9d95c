"""The wallet's wing: any wallet through one port, and a reference wallet that implements it."""

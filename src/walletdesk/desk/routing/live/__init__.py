"""The staff's socket: its frames, what one line sends and hears, and what all lines of a process share."""

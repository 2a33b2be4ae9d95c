"""The contract test: asks somebody else's wallet what the contract promises, and names every sentence that fails.

It speaks as the desk does, signed with the wallet's key, and as nobody should: unsigned, late, twice, at once, in
another order, hanging up in the middle. It needs a test system: where an action is offered, one is asked for.
"""

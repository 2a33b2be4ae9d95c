"""Diagnosis: from what a customer says is wrong to what the ledger proves.

What for   One pure procedure for each symptom (`procedures`), the table they follow (`table`), the reading of
           the wallet (`investigation`), sentences and cards whose every number has a record (`rendering`),
           findings that can be replayed, remedies as commands with an idempotency key, and follow-ups that
           tell the customer when the bank answers.
Owns       schema `diagnosis`.
Emits      FindingMade, FindingChanged, CommandFinished, HandOffDue.
Hears      WalletChanged (of an operator's wallet).
Looks at   wallet.gateway (the port only), kit.
"""

"""The contract between the desk and any operator's wallet, as it stands on the wire: shapes, signatures, sentences.

`shapes` is what is sent, `wire` turns it into the values of the port and back, `signing` proves who asks,
`hooks` proves who tells news (Standard Webhooks), `endpoints` names every address once for the adapter, the
served wallet, the contract test and the published OpenAPI.
"""

"""Routing: who of the desk is here, who gets which conversation, how long the others wait; the staff's doors.

What for   One queue for each skill in ageing order, offered to the least-loaded agent who is here; agents who are
           gone give back what they hold, with its place; the announced wait; `/api/desk/...` and `/ws/desk`.
Owns       schema `routing`.
Emits      nothing.
Hears      PromiseMoved (how fast each queue moves).
Looks at   conversations, diagnosis, wallet.gateway (the port), people, kit.
"""

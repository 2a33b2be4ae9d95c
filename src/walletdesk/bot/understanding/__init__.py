"""Understanding: what a customer wants, and whether somebody is in danger, from what he typed.

What for   One text -> language, intent with a score, in scope or not, an emergency flag beside it, and what the
           bot should do: answer, offer the three likeliest, or call a person. Also the amounts, times, order
           numbers and card tails a text names. Everything runs in this process; nothing leaves the machine.
Owns       no schema; a trained model as npz + json under `<home>/models`, keyed by its data and code.
Emits      nothing.
Hears      nothing.
Looks at   kit.
"""

"""Mechanics without a word of the business: database, events, clock, money, texts, refusals, web."""

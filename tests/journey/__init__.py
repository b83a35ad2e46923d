"""Journeys of people through the running program, in a real browser."""

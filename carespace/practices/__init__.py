"""Practices: who they are, how their portal behaves, and who works there."""

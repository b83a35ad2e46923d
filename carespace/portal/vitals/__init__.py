"""Vital signs: the latest of each kind, and one kind with its trend (US Core's vital signs)."""

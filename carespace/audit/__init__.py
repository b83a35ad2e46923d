"""Who did what to whose record, and when: written once, never changed, sealed in order."""

"""Files at rest: every one encrypted with a key of its own, found only through an open chart."""

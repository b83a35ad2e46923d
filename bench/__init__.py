"""Measurements: the product beside a floor of its own, in the same run (performance.md parts 5 and 6)."""

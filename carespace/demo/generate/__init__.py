"""A synthetic oncology practice, Lakeside Cancer Associates, written as its FHIR R4 feed.

Promises the same bytes for the same day, zone and seed; no person in it exists. Nothing here knows
Django or the network: the demo command feeds the files through the import like any practice's.
"""

from carespace.demo.generate.bundles import DemoPatient, DemoPractice, generate_practice

__all__ = ["DemoPatient", "DemoPractice", "generate_practice"]

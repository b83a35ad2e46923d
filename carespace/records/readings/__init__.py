"""Readings: what the record says, as frozen values that a face can show without knowing FHIR."""

"""The FHIR resources of a patient: kept as they came, with versions, and read as typed readings."""

"""FHIR R4 as it arrives: reading files, judging their structure, finding whose resource it is.

Pure Python on JSON values, without Django or a database. https://hl7.org/fhir/R4/.
"""

"""What other systems send and take: FHIR R4, HL7 v2, C-CDA, each in a room of its own.

Promise: whatever arrives leaves here as FHIR R4 resources or as a reason why not; nothing in this
package decides who may see anything.
"""

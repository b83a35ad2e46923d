"""C-CDA documents (HL7 Consolidated CDA R2.1 and its relatives): read, hardened, for a person to read (CDA-13)."""

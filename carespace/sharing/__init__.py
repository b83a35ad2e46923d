"""What leaves the portal because somebody who may see a record wants it to."""

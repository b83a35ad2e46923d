"""What is to be sent: an address, a template, plain ids. Nothing clinical leaves through here."""

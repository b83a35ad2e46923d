"""The parts of the record, one module each: how one kind of entry is put in words."""

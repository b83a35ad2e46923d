"""The two languages: which one is spoken, the switch, dates, mail."""

"""Presenters: values of the rooms become the words, dates and addresses that a template prints as they are."""

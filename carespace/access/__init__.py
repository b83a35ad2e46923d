"""Who may see whose record: Grant, Invitation, permissions, and ``open_chart()``, the only door."""

"""The portal's views: each opens a record, asks, and answers with one page."""

"""The demonstration: invented organisations, people, shipments and papers. Every party not on a list is fictional."""

"""The shapes of shipments, screenings, cases and imports in the API."""

"""The shapes of accounts, suppliers, links and lists in the API."""

"""The exam of the matching and place engines: data, how it was made, and its halves."""

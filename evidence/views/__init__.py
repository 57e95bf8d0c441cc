"""Pages: documents, uploads and the review."""

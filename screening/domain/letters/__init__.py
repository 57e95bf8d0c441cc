"""Letters of the office and papers of the importer: what each must contain, how it is drafted, what is missing."""

"""Headlines in languages that the extractor does not read: which ones likely tell a step."""

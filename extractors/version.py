"""The version of extraction: what is stored of an article names the extractor that read it."""

EXTRACTOR_VERSION = "0.5.6"

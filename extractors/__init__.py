"""Text in, records out: feedparser, trafilatura and spaCy live here and nowhere else."""

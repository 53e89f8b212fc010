"""Labels to weights: `make train`.

Four steps: encoder.py (needs torch, in the extra `train`), ngrams.py, train.py, documents.py.
"""

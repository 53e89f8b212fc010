"""Labels to weights: `make train`.

Three steps: encoder.py (needs torch, in the extra `train`), ngrams.py, train.py.
"""

"""Labels to weights: `python -m extractors.training.train.train`.

Start with train.py.
"""

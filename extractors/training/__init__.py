"""Labels to weights: `python -m extractors.training.train`.

Start with train.py.
"""

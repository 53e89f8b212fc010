"""The trained reader: what a small encoder says of a sentence, run with onnxruntime.

Start with `reader.py`; `inputs.py` makes what it reads, `readings.py` what it says.
"""

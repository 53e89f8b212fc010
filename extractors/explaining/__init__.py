"""Why a text gave its events: `policywire explain`.

Start with `explain.py`; `explanation.py` holds the records, `page.py` writes them as HTML.
"""

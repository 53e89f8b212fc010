"""Ids: digests over the raw identifying fields."""

import hashlib


def digest_id(*fields: object) -> str:
    """Return a 128-bit hex id over `fields`, stable across runs, machines and versions.

    Fields are joined by the unit separator, so ("a", "bc") and ("ab", "c") differ.
    """
    raw = "\x1f".join("" if f is None else str(f) for f in fields)
    return hashlib.blake2b(raw.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

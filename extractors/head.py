"""The trained head, if it is shipped: small linear models over the rules' own features."""


def load_head() -> None:
    """No head is shipped yet."""
    return

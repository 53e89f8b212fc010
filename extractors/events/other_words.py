"""Words that are a name only in some writings, and words that make another thing of a good."""

import re

# Names of states and agencies only where all their letters are capital.
IN_CAPITALS = frozenset(
    {
        "us",
        "ec",
        "it",
        "bis",
        "doe",
        "dod",
        "who",
        "ico",
        "itc",
        "dfc",
        "dla",
        "nrc",
        "eu",
        "gatt",
        "uae",
    }
)
# What makes a word another good: "cooking oil" is no crude, a "nylon chip" no semiconductor.
_OTHER_OIL = re.compile(
    r"\b(?:cooking|edible|vegetable|olive|sunflower|coconut|mustard|essential|fish)\s+$", re.I
)
_OTHER_CHIPS = re.compile(
    r"\b(?:nylon(?:\s*-?\s*6)?|polyester|potato|tortilla|wood|poker|casino|bargaining)\s+$", re.I
)
OTHER_GOODS = {"oil": _OTHER_OIL, "chip": _OTHER_CHIPS, "chips": _OTHER_CHIPS}
COMMON_COMPANY_WORDS = frozenset(
    [
        "target",
        "gap",
        "ford",
        "vale",
        "intel",
        "coherent",
        "reliance",
        "visa",
        "apple",
        "shell",
        "block",
        "snap",
        "gold",
        "fields",
        "southern",
    ]
)

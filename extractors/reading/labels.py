"""The classes of the reader's heads, in the order of its outputs."""

from models.event import EventStatus, EventType, Factuality, TimeFrame

TYPES = tuple(t.value for t in EventType)
STATUSES = tuple(s.value for s in EventStatus)
FACTUALITIES = tuple(f.value for f in Factuality)
TIME_FRAMES = tuple(t.value for t in TimeFrame)
ROLES = (
    "actor",
    "target",
    "product",
    "company",
    "instrument",
    "rate",
    "amount",
    "date_announced",
    "date_effective",
    "date_end",
    "deadline",
)

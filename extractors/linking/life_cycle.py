"""Which step may follow which in a measure's life (ontology section 4)."""

from models.event import EventStatus as S

OPEN = frozenset({S.RAISED, S.CUT, S.EXPANDED, S.NARROWED, S.EXEMPTED})
CHANGES = OPEN - {S.EXEMPTED}
FROM_FORCE = frozenset({*OPEN, S.SUSPENDED, S.EXTENDED, S.LIFTED, S.EXPIRED, S.VIOLATED, S.DELAYED})
STEPS: dict[S, frozenset[S]] = {
    S.UNDER_NEGOTIATION: frozenset({S.PROPOSED, S.ANNOUNCED, S.ADOPTED}),
    S.THREATENED: frozenset({S.ANNOUNCED, S.AVERTED, S.PROPOSED}),
    S.PROPOSED: frozenset({S.ANNOUNCED, S.ADOPTED, S.REJECTED}),
    S.ANNOUNCED: frozenset({S.ADOPTED, S.IN_FORCE, S.DELAYED, S.AVERTED}),
    S.ADOPTED: frozenset({S.IN_FORCE, S.DELAYED, S.SUSPENDED, S.AVERTED, S.LIFTED}),
    S.DELAYED: frozenset({S.IN_FORCE, S.DELAYED, S.AVERTED, S.LIFTED}),
    S.IN_FORCE: FROM_FORCE - {S.DELAYED},
    S.SUSPENDED: frozenset({S.EXTENDED, S.REINSTATED, S.LIFTED, S.EXPIRED, S.IN_FORCE}),
    S.LIFTED: frozenset({S.REINSTATED}),
    S.EXTENDED: frozenset({S.IN_FORCE, S.SUSPENDED, S.EXPIRED, S.LIFTED}),
    S.VIOLATED: frozenset({S.SUSPENDED, S.LIFTED, S.IN_FORCE}),
    S.REINSTATED: FROM_FORCE - {S.DELAYED},
    S.EXPIRED: frozenset({S.REINSTATED}),
    S.AVERTED: frozenset(),
    S.REJECTED: frozenset(),
    **dict.fromkeys(OPEN, FROM_FORCE - {S.DELAYED}),
}
PAUSES = frozenset({S.SUSPENDED, S.DELAYED})
NOT_DECIDED = frozenset({S.UNDER_NEGOTIATION, S.THREATENED, S.PROPOSED, S.ANNOUNCED})
AFTER_PAUSE = frozenset({S.REINSTATED, S.IN_FORCE, S.LIFTED, S.EXPIRED, S.ADOPTED})
ENDED = frozenset({S.LIFTED, S.EXPIRED, S.AVERTED, S.REJECTED})


def allowed(before: S, after: S) -> bool:
    """Does the life cycle allow `after` as a step after `before`?

    A measure first reported as adopted may be in force without a report: what may follow `in_force`
    may also follow `adopted` and `announced`.
    """
    steps = STEPS[before]
    if before in (S.ANNOUNCED, S.ADOPTED):
        steps = steps | STEPS[S.IN_FORCE]
    return after in steps


def leaves_a_pause(given: S, *, planned: bool) -> bool:
    """Does a paused measure stay paused after a report of `given`?

    Nobody announces, proposes or threatens what is decided and only paused: such a report is of
    something else, or vague. What is only `planned` after a pause says how it is to end.
    """
    return given in NOT_DECIDED or (planned and given in AFTER_PAUSE)

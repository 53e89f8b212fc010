"""What reading a file gave: counts that add up, and each refusal with its place and reason."""

from dataclasses import dataclass, field

# A file of nothing but refusals must not fill the memory; beyond, they are only counted.
KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A record that was not taken: where it stands in its file, and why."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A record that is there and was not asked for: an image in a WARC, a day not ordered."""

    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCount:
    """The records of a file, each in one of four counts.

    `known` were held before or stand in the file twice, `passed` were not asked for. `refusals`
    are those of `refused` that are kept; `notes` say what else a person should know of a record.
    """

    stored: int = 0
    known: int = 0
    passed: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Refusal, ...] = ()

    @property
    def read(self) -> int:
        """All records of the file."""
        return self.stored + self.known + self.passed + self.refused

    def __add__(self, other: "ReadCount") -> "ReadCount":
        return ReadCount(
            stored=self.stored + other.stored,
            known=self.known + other.known,
            passed=self.passed + other.passed,
            refused=self.refused + other.refused,
            refusals=(self.refusals + other.refusals)[:KEPT],
            notes=(self.notes + other.notes)[:KEPT],
        )


NOTHING_READ = ReadCount()


@dataclass(slots=True)
class Tally:
    """Counts of a file that is being read."""

    stored: int = 0
    known: int = 0
    passed: int = 0
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)
    notes: list[Refusal] = field(default_factory=list)

    def refuse(self, refusal: Refusal) -> None:
        """Count a refusal, and keep it while there is room."""
        self.refused += 1
        if len(self.refusals) < KEPT:
            self.refusals.append(refusal)

    def note(self, place: str, reason: str) -> None:
        """Keep what should be said of a record that is no refusal."""
        if len(self.notes) < KEPT:
            self.notes.append(Refusal(place=place, reason=reason))

    @property
    def count(self) -> ReadCount:
        """The counts so far."""
        return ReadCount(
            stored=self.stored,
            known=self.known,
            passed=self.passed,
            refused=self.refused,
            refusals=tuple(self.refusals),
            notes=tuple(self.notes),
        )

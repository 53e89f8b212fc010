"""The result of reading a file: counts that add up, and each refusal with place and reason."""

from dataclasses import dataclass, field

# Bounds memory for a file full of refusals; beyond this, refusals are only counted.
KEPT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A refused record: its position in the file, and the reason."""

    place: str
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A valid record that was not requested: an image in a WARC, a day outside the order."""

    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCount:
    """The records of a file, each in one of four counts.

    `known` were already held or are repeated in the file; `passed` were not requested. `refusals`
    are the kept ones of `refused`; `notes` are other remarks about records.
    """

    stored: int = 0
    known: int = 0
    passed: int = 0
    refused: int = 0
    refusals: tuple[Refusal, ...] = ()
    notes: tuple[Refusal, ...] = ()

    @property
    def read(self) -> int:
        """Return the number of all records of the file."""
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
    """Running counts while a file is read."""

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
        """Keep a remark about a record that was not refused."""
        if len(self.notes) < KEPT:
            self.notes.append(Refusal(place=place, reason=reason))

    @property
    def count(self) -> ReadCount:
        """Return the counts so far."""
        return ReadCount(
            stored=self.stored,
            known=self.known,
            passed=self.passed,
            refused=self.refused,
            refusals=tuple(self.refusals),
            notes=tuple(self.notes),
        )

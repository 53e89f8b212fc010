"""The time limit per text, and the message for a text that exceeds it."""

from dataclasses import dataclass

TOO_SLOW = "too_slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Seconds allowed per text: `base_s`, plus more by length, at most `most_s`.

    A text full of measures takes about 0.1 s per thousand characters, most texts a hundredth of
    that. The defaults give a slow machine ten times what it needs.
    """

    base_s: float = 10.0
    per_1000_chars_s: float = 0.2
    most_s: float = 60.0

    def seconds(self, chars: int) -> float:
        """Return the budget for a text of this length."""
        return min(self.most_s, self.base_s + self.per_1000_chars_s * chars / 1000)

    def reason(self, chars: int, spent_s: float) -> str:
        """Return why a text that took `spent_s` is refused."""
        return (
            f"{TOO_SLOW}: {spent_s:.1f} s spent, budget {self.seconds(chars):.1f} s "
            f"for {chars:,} characters"
        )


DEFAULT = Budget()

"""How long one text may take, and what is said of one that takes longer."""

from dataclasses import dataclass

TOO_SLOW = "too_slow"


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Seconds for a text: `base_s`, more by its length, `most_s` at the most.

    A text full of measures takes about 0.1 s a thousand characters, most texts a hundredth of it;
    the defaults leave a slow machine ten times as much as it needs.
    """

    base_s: float = 10.0
    per_1000_chars_s: float = 0.2
    most_s: float = 60.0

    def seconds(self, chars: int) -> float:
        """The budget of a text of so many characters."""
        return min(self.most_s, self.base_s + self.per_1000_chars_s * chars / 1000)

    def reason(self, chars: int, spent_s: float) -> str:
        """Why a text that took `spent_s` is refused."""
        return (
            f"{TOO_SLOW}: {spent_s:.1f} s spent, budget {self.seconds(chars):.1f} s "
            f"for {chars:,} characters"
        )


DEFAULT = Budget()

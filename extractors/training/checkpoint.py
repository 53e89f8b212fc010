"""Where training stands after each epoch, so that a killed run goes on where it was."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import torch


class Stateful(Protocol):
    """A network, an optimizer or a schedule: what torch can save and load."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> object: ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The file of one training. `key` says what is trained; a file with another key is left alone.

    Going on gives the same weights as training without a break: the states of the random numbers
    are kept too.
    """

    path: Path
    key: str

    def read(self) -> dict[str, Any] | None:
        """What the file holds; None where there is none of this key."""
        if not self.path.is_file():
            return None
        held: dict[str, Any] = torch.load(self.path, weights_only=False)
        return held if held["key"] == self.key else None

    def restore(self, parts: Mapping[str, Stateful]) -> tuple[int, object]:
        """Load `parts`; how many epochs are done, and the state of the shuffling (None at 0)."""
        held = self.read()
        if held is None:
            return 0, None
        for name, part in parts.items():
            part.load_state_dict(held["parts"][name])
        torch.set_rng_state(held["torch"])
        return held["epochs"], held["shuffle"]

    def keep(self, epochs: int, parts: Mapping[str, Stateful], shuffle: object) -> None:
        """Write the states of `parts` after so many epochs, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        partial = self.path.with_suffix(".partial")
        torch.save(
            {
                "key": self.key,
                "epochs": epochs,
                "parts": {name: part.state_dict() for name, part in parts.items()},
                "torch": torch.get_rng_state(),
                "shuffle": shuffle,
            },
            partial,
        )
        os.replace(partial, self.path)

    def drop(self) -> None:
        """The training is done: delete the file."""
        self.path.unlink(missing_ok=True)

"""How long a network is trained in a check, and how well it must do; set by benchmarks/lenet_thresholds.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """What a network is trained with, and the accuracy that is required."""

    images: int  # to train on
    batch: int  # images in a batch
    schedule: tuple[tuple[int, float], ...]  # (epochs, lr), one after the other
    least: float  # share of the images that must be classified correctly

    @property
    def epochs(self) -> int:
        """Passes through the images, in all."""
        return sum(epochs for epochs, _ in self.schedule)


# tested on the 50 images themselves
OVERFIT = Budget(images=50, batch=10, schedule=((24, 0.015), (8, 0.005)), least=1.0)
# tested on 397 held-out digits
HELD_OUT = Budget(images=1400, batch=25, schedule=((3, 0.03), (1, 0.01), (1, 0.003)), least=0.95)

"""How long a network is trained in a check, and how well it must do; set by benchmarks/lenet_thresholds.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """images to train on, in batches, for pairs (epochs, lr) one after the other; the share that must be right."""

    images: int
    batch: int
    schedule: tuple[tuple[int, float], ...]
    least: float

    @property
    def epochs(self) -> int:
        """Passes through the images, in all."""
        return sum(epochs for epochs, _ in self.schedule)


# the 50 images themselves
OVERFIT = Budget(images=50, batch=10, schedule=((24, 0.015), (8, 0.005)), least=1.0)
# 397 held-out digits
HELD_OUT = Budget(images=1400, batch=25, schedule=((3, 0.03), (1, 0.01), (1, 0.003)), least=0.95)

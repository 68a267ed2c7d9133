"""How long train_fast trains in its check, and how well it must do; set by benchmarks/pytorch_thresholds.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """images to train on for `epochs`, in batches, with learning rates up to lr; the share of new ones to be right."""

    images: int
    epochs: int
    batch: int
    lr: float
    least: float


HELD_OUT = Budget(images=1400, epochs=5, batch=50, lr=0.05, least=0.93)

"""How long train_fast trains in its check, and how well it must do; set by benchmarks/pytorch_thresholds.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """What a network is trained with, and the accuracy that is required."""

    images: int  # to train on
    epochs: int  # passes through the images
    batch: int  # images in a batch
    lr: float  # the highest learning rate
    least: float  # share of the held-out digits that must be classified correctly


HELD_OUT = Budget(images=1400, epochs=5, batch=50, lr=0.05, least=0.93)

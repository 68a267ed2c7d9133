"""Timing, and what is timed: a convolution, training steps of LeNet-5, a training run to 99 % on MNIST."""

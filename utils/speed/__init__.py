"""Times that can be compared, and what is timed: a convolution, LeNet-5, a run to 99 % on MNIST."""

"""What the notebooks import: data sets, gradient checks, figures, earlier layers, training, timing."""

"""The engine of a check: cases, reference answers, comparison, known mistakes, the verdict and how it is shown."""

"""What the notebooks import: data sets, gradients, figures and the small things that keep a lesson readable."""

"""The figures of the notebooks, one module for each subject; plots sets the style of all."""

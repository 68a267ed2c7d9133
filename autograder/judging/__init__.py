"""The engine of a check, without content: what is asked, what is right, how they compare, and the verdict."""

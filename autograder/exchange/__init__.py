"""nbgrader's exchange, with what this course adds: a place of its own, and no student who stops the others."""

"""Makes a course: notebooks from solutions, the rules for a solution notebook, the zip for students."""

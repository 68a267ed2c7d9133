"""How instructors make a course: solutions to notebooks, the rules for a solution notebook, the zip for students."""

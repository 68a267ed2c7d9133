"""Which pairs of students' work are alike beyond what the released notebook and the class explain."""

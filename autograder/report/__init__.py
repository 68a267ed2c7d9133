"""Reports for instructors: one page about the class and the scores as CSV; and the students' feedback pages."""

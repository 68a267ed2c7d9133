"""What instructors look at: one page about the class, and the scores for a spreadsheet."""

"""What a student has done and what comes next: verdicts that are kept, hints, the way back to an empty exercise."""

"""To the learning management system and back: students' names, their submissions, and their scores."""

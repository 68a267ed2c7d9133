"""What formgrader shows to the person who marks, and to nobody else."""

"""Where students' code runs: warm processes behind bubblewrap, a fork with walls of its own for each submission."""

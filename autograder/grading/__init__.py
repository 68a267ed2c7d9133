"""From submitted/ to the gradebook: run, record, and read the results back."""

"""Who is in the class, read from the CSV files that learning management systems export."""

"""What the exercises of several notebooks build on."""

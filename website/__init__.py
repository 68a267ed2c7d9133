"""The course's website, as static pages: notebooks, documentation, the gallery of mistakes, the reference."""

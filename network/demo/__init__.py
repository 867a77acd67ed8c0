"""A network of invented people, to look at and to measure."""

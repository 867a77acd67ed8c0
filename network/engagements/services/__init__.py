"""What parties do with terms."""

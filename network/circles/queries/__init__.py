"""What pages of circles read."""

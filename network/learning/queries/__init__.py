"""What pages and calendars of learning read."""

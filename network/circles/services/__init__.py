"""What people do with circles."""

"""What people change about their relationships: connections, introductions, vouches, notes."""

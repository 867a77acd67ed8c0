"""What people do with organisations, approaches and needs."""

"""What people do with wishes to learn, sessions, places and what stays of them."""

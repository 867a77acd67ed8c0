"""Learning from each other: wishes to learn, sessions with fair places, and what stays of them."""

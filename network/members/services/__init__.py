"""Use cases of members: verbs that change accounts, profiles, participation and boundaries."""

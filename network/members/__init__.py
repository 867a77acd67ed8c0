"""Who is here: accounts, profiles, how each takes part, and who may see whom."""

"""Pages of members: parse, load, call one service, render."""

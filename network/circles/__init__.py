"""Circles: peers who meet under agreements of their own, with a door that they chose."""

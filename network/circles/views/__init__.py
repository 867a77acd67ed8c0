"""The pages of circles."""

from network.circles.views import (
    agreements,
    circle,
    coming,
    decisions,
    founding,
    life,
    notes,
    overview,
    people,
)
from network.circles.views.blueprint import circles

__all__ = [
    "agreements",
    "circle",
    "circles",
    "coming",
    "decisions",
    "founding",
    "life",
    "notes",
    "overview",
    "people",
]

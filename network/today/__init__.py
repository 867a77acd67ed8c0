"""The signed-in home page, the cover for everybody else, and the pages that explain the house."""

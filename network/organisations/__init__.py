"""Organisations: their people, their answers to the five questions, approaches, needs, alumni."""

"""Measures a network: figures on standard output, one line of JSON each; everything else on
standard error.
"""

"""Runs a Frankenscope command in parts on Ray, and combines them into the result of one run."""

__version__ = "0.1.0"

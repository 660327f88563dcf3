"""Timed notes written by a language model."""

"""Fetching videos and captions from YouTube."""

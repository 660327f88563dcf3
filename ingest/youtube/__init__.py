"""Videos and captions from YouTube."""

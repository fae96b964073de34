"""Sound: where it comes from, decoded, resampled, encoded."""

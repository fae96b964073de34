"""A spectrogram and its patches, which are views of it."""

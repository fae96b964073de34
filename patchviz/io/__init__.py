"""Tables of labels as other programs write them, in and out; no spectrograms."""

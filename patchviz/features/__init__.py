"""Front ends: from sound to values."""

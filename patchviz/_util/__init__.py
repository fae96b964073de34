"""What every floor may use: checks, passes over arrays, units, PNG files, progress bars."""

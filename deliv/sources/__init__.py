"""The doors in: files and DNS become values."""

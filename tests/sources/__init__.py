"""Tests of the doors in: files, settings, rule files, recordings, and the DNS."""

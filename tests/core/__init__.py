"""Tests of the pure core, one file for each module."""

"""Tests of the records of mail authentication."""

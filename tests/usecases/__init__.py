"""Tests of the use cases, each driven against a zone written beside the expectation."""

"""The tests of deliv."""

"""The shop's own outcomes move what the rule book believes: tallies, pooling, engagement, posterior."""

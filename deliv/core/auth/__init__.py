"""The protocols of mail authentication, and what stands beside them in the DNS."""

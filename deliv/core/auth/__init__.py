"""The mail authentication records that a sender publishes: SPF and DMARC."""

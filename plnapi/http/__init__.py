"""The one door to the network. Nothing else imports an HTTP client."""

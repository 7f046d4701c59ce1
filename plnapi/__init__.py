"""plnapi: course networks for personal learning networks. See README.md for the floors."""

"""What people published, wherever: pointers with a short excerpt, never copies. See `service`."""

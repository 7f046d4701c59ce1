"""What people agree to, per course and purpose."""

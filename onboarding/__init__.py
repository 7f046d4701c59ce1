"""Steps, checks and progress: what a course asks of a student, and how plnapi sees that it was done."""

"""What `make demo` is made of: a practice network and the seeding of a course. Not part of the product."""

"""A demonstration city: synthetic departments, people and cameras, and real moving pictures."""

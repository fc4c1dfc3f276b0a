"""Departments, people, roles and login (§10a)."""

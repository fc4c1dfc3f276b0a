"""Gongshi (共视): sharing of public-safety video, from the legal reason to the last byte."""

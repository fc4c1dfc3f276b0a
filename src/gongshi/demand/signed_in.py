"""Moved to identity."""

from gongshi.identity.signed_in import signed_in

__all__ = ["signed_in"]

"""Notices inside the portal: what happened that a person should know or act upon."""

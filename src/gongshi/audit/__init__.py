"""安全审计 (§10): who did what and when, and who looked at what and why. Written once, never changed."""

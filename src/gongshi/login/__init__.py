"""Who is in, from where, and for how long: one session per account, networks, idle time (§10a)."""

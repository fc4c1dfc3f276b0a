"""The settings, the addresses, and what keeps the processes of one machine running."""

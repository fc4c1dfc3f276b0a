"""授权: the only key to watching or receiving (§7, §10)."""

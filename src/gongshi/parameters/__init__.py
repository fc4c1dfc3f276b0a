"""Numbers that an installation may set while it runs (系统管理: 参数)."""

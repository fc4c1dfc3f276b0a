"""What people keep of a list: its filters, sort and columns under a name."""

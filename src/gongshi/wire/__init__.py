"""Messages between the control plane and media nodes, in ZLMediaKit's words. No Django."""

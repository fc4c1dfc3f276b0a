"""Other platforms that use our interface, each answered for by a person."""

"""What a person must hold before he comes in: password, second factor, undertaking (§10a)."""

"""What every room may use: time, numbers, encryption, errors, lists and page components. No domain words."""

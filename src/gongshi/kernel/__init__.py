"""What every room may use: time, numbers, encryption, errors, lists and the page components. No words of the domain."""

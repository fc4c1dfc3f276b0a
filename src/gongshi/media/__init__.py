"""The media node: video in, video out. Knows nothing of demands, people or Django."""

"""Quality of the video (§5.2): inspection and diagnosis, scores, rectification (质量考核)."""

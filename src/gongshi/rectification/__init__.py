"""Rectification (整改, §5.2): what is out of order with a point, who mends it by when, and the proof."""

"""业务事项与需求 (§6, §8): items, demands, and the lanes in which they are decided."""

"""视频数据资源目录 (§5.1): cameras, how they are reached, how changes are reviewed and published."""

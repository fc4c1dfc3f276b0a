"""视频数据资源目录 (§5.1): cameras, how they are reached, and how changes to them are reviewed and published."""

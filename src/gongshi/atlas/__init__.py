"""视频点位一张图 (§6.2): the points in memory, and the lists that people pick from the map."""

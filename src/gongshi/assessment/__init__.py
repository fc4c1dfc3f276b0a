"""Assessment (考核, §5.2): how well each department's points are kept, month by month."""

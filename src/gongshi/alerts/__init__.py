"""What somebody has to look into and answer for (安全审计: 告警)."""

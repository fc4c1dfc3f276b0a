"""需求实施 (§7): work orders, their results, acceptance and feedback."""

"""工作台与共享工作评价 (§9): what waits for whom, and how the sharing goes."""

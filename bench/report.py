"""docs/performance.md from the last results: for people, with what each figure means and how its cost grows."""

"""Benchmarks: each figure is a ratio to a reference measured in the same run, or a size or time with its goal beside it."""

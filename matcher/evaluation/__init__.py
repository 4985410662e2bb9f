"""Evaluation: how well models and other systems find the real partners of regions.

Modules: `table` and `peers` (other systems' formulas),
`baselines` (plain ones), `metrics`, `judge` (ranks under every model), `study` (all of it for one file).
"""

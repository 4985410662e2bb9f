"""Evaluation: how well models and other systems find the real partners of regions.

Modules: `table` and `peers` (other systems' formulas), `baselines` (plain ones), `contenders` (every model that is
judged), `ablation` (with one group of features at a time), `metrics`, `judge` (ranks under every model) and `study` (all
of it for one file).
"""

"""Features: one topic a file, each a pure function from regions and sources to columns.

Every topic has `FEATURES`, `SOURCES` and `compute(regions, sources)`, which returns a table on the index of
`regions`. Numbers and labels are one column called like the feature; months are `name:01` .. `name:12`; a mixture is
`name:<class>` (all NaN = unknown), tags are lists. Missing is NaN or None, never 0.
"""

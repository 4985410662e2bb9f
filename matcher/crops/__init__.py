"""Crop statistics of regions: read, laid onto the regions of an atlas, and compared with a crop mix."""

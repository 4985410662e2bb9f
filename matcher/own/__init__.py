"""A planner's own columns: described in a catalogue, read from a table, checked all at once, joined to the regions."""

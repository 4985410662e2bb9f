"""Building the atlas from its sources; needs the extra ``build`` and is reached only from the command line."""

"""Reports: assembled, reviewed, sent back for correction, delivered."""

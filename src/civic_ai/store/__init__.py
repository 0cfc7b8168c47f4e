"""Where things are kept: workspace, YAML with lines, blobs by digest, journal."""

"""What readers see of the record: kin, families as charts and lists, sentences, sources."""

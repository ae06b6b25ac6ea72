"""The faults and decoys of this repository, held to what the authoring rules promise."""

"""Forms of the room, one file a desk."""

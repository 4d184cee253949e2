"""Pure decisions of the room, one file a noun."""

"""What the reader of a map must know."""

from openilp.methods.sentence import Sentence

SNAPPED = Sentence(
    "snapped",
    "The places are snapped to shared points, so a cell may hold the events of its neighbours; "
    "read areas, never single addresses.",
)
MASK_FROM_EVENTS = Sentence(
    "mask_from_events",
    "No boundary was given: crime counts as possible in cells with an event and in the cells around "
    "them. A boundary of the area makes the test more trustworthy.",
)
MASK_IS_RECTANGLE = Sentence(
    "mask_is_rectangle",
    "No boundary was given: every cell of the rectangle around the events counts as possible, and the empty "
    "ones beyond the area make the others look hotter than they are. Give the boundary of the area.",
)
RECORDED_ONLY = Sentence(
    "recorded_only",
    "The map shows recorded events, which follow reporting and police presence as well as crime.",
)
CELL_CHOICE = Sentence(
    "cell_choice",
    "Size and position of the cells influence the result; compare a second cell size before acting.",
)
EDGE = Sentence(
    "edge",
    "Near the edge of the data the density is too low, because events beyond it are not in the data.",
)
WIDE_CELLS = Sentence(
    "wide_cells",
    "The cells are wider than the bandwidth, so the values at their centres miss peaks between them.",
)

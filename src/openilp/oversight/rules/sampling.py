"""Drawing look-ups by lot, each with the same chance, in one pass and without knowing how many there will be."""

import random
from typing import Generic, TypeVar

T = TypeVar("T")

#: Look-ups that are drawn of one examination: enough to be felt, few enough to be answered. Our own figure.
DRAWN = 5


class Lot(Generic[T]):
    """A reservoir (Algorithm R, Vitter 1985): after any number of offers each of them is in it with the same chance."""

    def __init__(self, rng: random.Random, size: int = DRAWN) -> None:
        self.rng, self.size, self.offered = rng, size, 0
        self.drawn: list[T] = []

    def offer(self, one: T) -> None:
        """Put one more into the lot."""
        self.offered += 1
        if len(self.drawn) < self.size:
            self.drawn.append(one)
        elif (place := self.rng.randrange(self.offered)) < self.size:
            self.drawn[place] = one

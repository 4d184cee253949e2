"""What can go wrong when direction is given."""

from datetime import date

from openilp.safeguards.errors import Conflict, InvalidInput, NotPermitted


class DirectionError(InvalidInput):
    """Say which field of a priority, requirement or plan cannot be taken as given."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class WrongCascade(DirectionError):
    """Say that a priority cannot come from another one of this level or unit."""

    def __init__(self, lower: str, upper: str, remedy: str) -> None:
        self.lower, self.upper = lower, upper
        super().__init__("cascades_from", f"A priority of {lower} cannot come from one of {upper}; {remedy}")


class PositionTaken(DirectionError):
    """Say that another priority of the unit already stands at a position in that period."""

    def __init__(self, position: int, by: str, free: int) -> None:
        self.position, self.by, self.free = position, by, free
        super().__init__("position", f"Position {position} is taken by {by}; {free} is the next free one.")


class DueInThePast(DirectionError):
    """Say that something new would be due before today."""

    def __init__(self, due_on: date, today: date) -> None:
        self.due_on, self.today = due_on, today
        super().__init__("due_on", f"{due_on} has passed; choose {today} or a later day.")


class CollectorCannotSee(DirectionError):
    """Say that the person named to collect may not see the plan."""

    def __init__(self, collector: str) -> None:
        self.collector = collector
        super().__init__(
            "collector",
            f"{collector} may not see this plan; admit them to its matter, or choose somebody else.",
        )


class NotTheAsker(NotPermitted):
    """Say that only the person who asked a question closes it."""

    def __init__(self, reference: str, asker: str) -> None:
        self.reference, self.asker = reference, asker
        super().__init__("direction.close_requirement")
        self.args = (f"{reference} was asked by {asker}, who alone can say that it is answered; ask them.",)


class NotTheCollector(NotPermitted):
    """Say that only the collector of a line, or who planned it, returns it."""

    def __init__(self, collector: str) -> None:
        self.collector = collector
        super().__init__("direction.return_line")
        self.args = (f"This line is for {collector}, who returns it; ask them, or whoever made the plan.",)


class AlreadyClosed(Conflict):
    """Say that something is closed or superseded and takes no further changes."""

    def __init__(self, reference: str, how: str) -> None:
        self.reference, self.how = reference, how
        super().__init__(f"{reference} is {how} and stays as it is; work with what came after it.")


class AlreadyReturned(Conflict):
    """Say that a plan line was returned before."""

    def __init__(self, what: str, on: date) -> None:
        self.what, self.on = what, on
        super().__init__(f"“{what}” was returned on {on}; add a line to the plan for further collection.")

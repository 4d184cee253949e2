"""What can be wrong with a log, a signature or a proof."""

from openilp.safeguards.errors import SafeguardError


class LogError(SafeguardError):
    """Say that the audit log cannot be read, written or believed."""


class ProofBroken(LogError):
    """Say that a Merkle proof does not lead to the root that it was shown for."""

    def __init__(self, what: str, why: str) -> None:
        self.what, self.why = what, why
        super().__init__(f"The {what} proof does not hold: {why}")


class OutsideTree(LogError):
    """Say that a leaf or a size lies outside the tree."""

    def __init__(self, what: str, number: int, size: int) -> None:
        self.number, self.size = number, size
        super().__init__(f"{what} {number} is not in a log of {size} events; use a number up to {size}.")


class NoteBroken(LogError):
    """Say that a text is no signed note or no checkpoint."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"This is no checkpoint: {why}")


class NotSigned(LogError):
    """Say that no key that is trusted here has signed a note."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(
            f"None of the trusted keys ({', '.join(names) or 'none'}) has signed this checkpoint."
        )


class SignatureWrong(LogError):
    """Say that a signature bears the name of a trusted key and is not its signature."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(
            f"The signature in the name of '{name}' is not by its key; do not trust this checkpoint."
        )


class KeyBroken(LogError):
    """Say that a text is no verifier key."""

    def __init__(self, text: str, why: str) -> None:
        self.text = text
        super().__init__(f"'{text[:80]}' is no verifier key (name+id+key): {why}")


class NoLog(LogError):
    """Say that a folder holds no audit log."""

    def __init__(self, folder: str, why: str) -> None:
        self.folder = folder
        super().__init__(f"{folder} holds no audit log that can be read: {why}")


class LogDamaged(LogError):
    """Say that the files of a log contradict each other, so that nothing may be added."""

    def __init__(self, seq: int, why: str) -> None:
        self.seq = seq
        super().__init__(
            f"The audit log is damaged at event {seq}: {why} Nothing is added to it; run `openilp audit verify`, keep "
            "the folder as it is, and tell the oversight body."
        )


class LogForked(LogError):
    """Say that a checkpoint would contradict one that was signed before, so that it is not signed."""

    def __init__(self, size: int, signed: int) -> None:
        self.size, self.signed = size, signed
        super().__init__(
            f"The log of {size} events is no continuation of the one of {signed} events that was signed before; it is "
            "not signed. Run `openilp audit verify`, and tell the oversight body."
        )


class WitnessStateBroken(LogError):
    """Say that a witness cannot rely on what it remembers."""

    def __init__(self, folder: str, why: str) -> None:
        self.folder = folder
        super().__init__(f"The witness's state in {folder} cannot be relied upon: {why}")


class WitnessRefused(LogError):
    """Say that a witness did not cosign."""

    def __init__(self, name: str, status: int, why: str) -> None:
        self.name, self.status, self.why = name, status, why
        super().__init__(f"Witness '{name}' did not cosign ({status}): {why}")


class WitnessRolledBack(LogError):
    """Say that a witness remembers less than it has cosigned."""

    def __init__(self, name: str, remembers: int, cosigned: int) -> None:
        self.name, self.remembers, self.cosigned = name, remembers, cosigned
        super().__init__(
            f"Witness '{name}' remembers {remembers} events but has cosigned {cosigned}: its state was rolled back. "
            "Tell whoever runs it; until it is put right its cosignatures prove nothing new."
        )


class CannotUnseal(LogError):
    """Say that a sealed detail cannot be opened with this key, or is not the one that the log commits to."""

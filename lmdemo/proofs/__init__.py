"""Our networks against implementations that we did not write: run by the tests and by the page's Proof button."""

import importlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """One comparison.

    Attributes:
        name: What of ours is checked, such as ``"CNN.forward"``.
        reference: What it is held against, such as ``"torch.nn.Conv2d, MaxPool2d, Linear with copied weights"``.
        difference: The largest absolute difference that was found now.
        tolerance: The largest one that counts as equal.
        details: What was compared on what input, in a short English phrase of technical terms.
    """

    name: str
    reference: str
    difference: float
    tolerance: float
    details: str = ""

    @property
    def passed(self) -> bool:
        """Whether the two agree."""
        return self.difference <= self.tolerance  # False for NaN


def prove(member: str) -> tuple[Check, ...]:
    """Runs the checks of one member here and now, such as ``prove("cnn")``.

    Raises:
        ModuleNotFoundError: The member has no proof; tells which file to write.
    """
    module = f"{__name__}.{member.replace('-', '_')}"
    try:
        proof = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:  # what the proof itself needs
            raise
        raise ModuleNotFoundError(f"no proof of {member!r}: write {module.replace('.', '/')}.py", name=module) from None
    return proof.prove()

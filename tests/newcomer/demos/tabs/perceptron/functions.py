"""The functions of Perceptron: endpoints of the API, tools of MCP."""

from typing import Annotated

import lmdemo
from demos.core.endpoints import Between, check_rows

MODEL = "perceptron-tone"


def perceptron_classify(text: str, repeat: Annotated[int, Between((1, 9))] = 1, lang: str = "en") -> dict:
    """Tells whether a text is calm or loud.

    Args:
        text: The text.
        repeat: How often it is said, 1 to 9.
        lang: Language of error messages, en or hi-Latn.

    Returns:
        label, score from 0 to 1, and scores by label.
    """
    result = lmdemo.load(MODEL)(text * repeat)
    return {"label": result.label, "score": result.score, "scores": dict(result.scores)}


def perceptron_prove(lang: str = "en") -> list:
    """Runs the checks of our perceptron, on the machine of this page.

    Args:
        lang: Language of error messages, en or hi-Latn.

    Returns:
        For each check: name, reference, largest difference, tolerance, whether it passed.
    """
    return check_rows("perceptron")

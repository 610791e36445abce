"""What the steps have in common: the network that answered, and what of it is looked at."""

from typing import Any

import gradio as gr

import lmdemo
from demos.core.tab import Part, Tab, Update
from demos.tabs.vision.cnn.looks import Found


class Step(Part):
    """A step of the page.

    Attributes:
        looked: The components that hold what is looked at, by name.
        outputs: What it shows.
        empty: Says why nothing is shown.
        ours_alone: Whether it has nothing to show of the hub's network.
    """

    outputs: list[Any]
    ours_alone = True

    def __init__(self, tab: Tab, looked: dict[str, Any]) -> None:
        self.looked = looked
        super().__init__(tab)

    def note(self) -> None:
        """The place where it is said that there is nothing to see."""
        self.empty = self.text(gr.Markdown(visible=False, elem_classes="lm-muted"), value="look.ours")

    def clear(self) -> Update:
        """Nothing to look at."""
        return {component: {} for component in self.outputs}

    def show(self, *, found: Found, lang: str, looks: Any) -> Update:
        """What is to be seen of an answer."""
        raise NotImplementedError

    @staticmethod
    def traced(found: Found) -> tuple[Any, Any]:
        """Our network, and its answer to the picture with all layers' maps."""
        assert found.ours is not None
        adapter = lmdemo.load(found.model)
        return adapter, adapter(found.ours.result.trace, trace=True)

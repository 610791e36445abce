"""Hidden words filled in: our BERT, and the hub's beside it."""

from lmdemo.adapters.fill_mask.hub import HubMaskFilling
from lmdemo.adapters.fill_mask.ours import HiddenWord, MaskFilling, Pieces

__all__ = ["HiddenWord", "HubMaskFilling", "MaskFilling", "Pieces"]

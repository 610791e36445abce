"""Pictures to labels: our CNN, and the hub's ResNet beside it."""

from lmdemo.adapters.image_classification.hub import HubImageClassification
from lmdemo.adapters.image_classification.ours import ConvolutionStep, ImageClassification
from lmdemo.data.image import open_picture

__all__ = ["ConvolutionStep", "HubImageClassification", "ImageClassification", "open_picture"]

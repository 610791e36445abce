"""Series foreseen by our LSTM."""

from lmdemo.adapters.forecasting.ours import Forecasting, HeldOut, Sum

__all__ = ["Forecasting", "HeldOut", "Sum"]

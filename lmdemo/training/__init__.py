"""One training loop for every network here: see :class:`lmdemo.training.trainer.Trainer`."""

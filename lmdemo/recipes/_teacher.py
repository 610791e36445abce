"""A simple teacher for small classifiers: n-grams weighed by tf-idf with logistic regression, and the soft labels it gives."""

from collections.abc import Sequence

import numpy as np
import torch


def soft_labels(texts: Sequence[str], labels: Sequence[int], teacher, *, share: float, folds: int) -> torch.Tensor:
    """Labels mixed with what the teacher holds likely (Hinton et al., arXiv:1503.02531): (N, classes), rows sum to 1.

    The teacher answers for no text that it has learnt from: the training texts are cut into folds, and each fold is answered
    by a teacher of the others. It never sees the validation part.

    Args:
        texts, labels: The training part.
        teacher: A classifier of scikit-learn that takes texts.
        share: Weight of the teacher's word, 0 to 1.
        folds: In how many parts the texts are cut.
    """
    from sklearn.model_selection import cross_val_predict

    said = cross_val_predict(teacher, texts, labels, cv=folds, method="predict_proba")
    truth = np.eye(said.shape[1])[np.asarray(labels)]
    return torch.tensor((1 - share) * truth + share * said, dtype=torch.float32)

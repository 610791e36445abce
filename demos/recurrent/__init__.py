"""What the tabs RNN and LSTM share: reading texts, writing characters."""

"""Audio & speech: one file a member."""

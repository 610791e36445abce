"""One adapter a task: what goes in as a person has it, comes out as a frozen result; tensors never leave."""

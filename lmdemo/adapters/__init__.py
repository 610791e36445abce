"""A folder a task, a file for whose network: what goes in as a person has it, comes out as a frozen result; tensors never leave."""

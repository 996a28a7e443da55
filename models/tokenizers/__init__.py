"""Any tokenizer on this machine, each read in a process of its own and never from the network."""

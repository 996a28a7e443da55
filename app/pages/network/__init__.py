"""The Network page: the sealed switch, what needs the network, and what asked for it."""

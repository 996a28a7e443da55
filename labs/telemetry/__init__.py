"""What the machine did while its models worked: phases on the time axis, energy a token, memory
against its forecast, and the summary that is kept with every run."""

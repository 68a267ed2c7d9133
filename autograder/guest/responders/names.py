"""Notes that responders on PyTorch leave in a response; the exercises read them without importing PyTorch."""

NO_TENSOR = "no tensor"
NO_FUNCTION = "no torch.autograd.Function"
NOT_ITS_OWN = "backward is not its own"
CALLED = "called "

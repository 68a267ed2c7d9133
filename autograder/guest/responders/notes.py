"""Notes that responders on PyTorch put into a response; the exercises read them without importing PyTorch."""

NO_TENSOR = "no tensor"  # the function returned something else
NO_FUNCTION = "no torch.autograd.Function"  # the class does not inherit from it
NOT_ITS_OWN = "backward is not its own"  # autograd does not call the class's backward
CALLED = "called "  # followed by the name of one of PyTorch's convolutions
NO_PARAMETER = "no parameter"  # a weight is a tensor, not an nn.Parameter
FROZEN = "frozen"  # a parameter requires no gradient
KEYS_CHANGED = "keys changed"  # the dict of arrays has other keys than before
DTYPE = "dtype "  # followed by the dtype of a weight, where it changed
DEVICE = "device "  # followed by the device of a weight, where it changed

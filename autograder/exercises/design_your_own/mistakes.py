"""What is known to go wrong with a model of one's own, and the sentence that each mistake needs."""

from __future__ import annotations

from typing import Any

from autograder.judging.mistake import Mistake


def raising(*texts: str) -> Any:
    """Recognises an error by what its message says."""
    return lambda q, raised: any(text in raised.message for text in texts)


MISTAKES = (
    Mistake("class-not-model", "build_model returned a class: call it, `return Net()`, to return a model."),
    Mistake(
        "colour-channels",
        "The first convolution waits for another number of channels: these images have one, (N, 1, 28, 28).",
        error=raising("to have 3 channels", "to have 28 channels", "to have 784 channels", "but got 1 channels"),
    ),
    Mistake(
        "flatten-size",
        "A linear layer gets another number of inputs than it was made for. After flattening there are C·H·W of "
        "them: print the shape before it, or let nn.LazyLinear find it.",
        error=raising("mat1 and mat2 shapes cannot be multiplied"),
    ),
    Mistake(
        "shapes-do-not-add",
        "Two branches that are added have different shapes: in a residual block the shortcut needs a 1×1 "
        "convolution where channels or stride change.",
        error=raising("must match the size of tensor b", "Sizes of tensors must match"),
    ),
    Mistake(
        "float64",
        "The model has float64 weights; the images are float32.",
        error=raising("scalar type Double", "Double and Float", "Float and Double", "(double)", "Double"),
    ),
    Mistake(
        "super-init-forgotten",
        "`super().__init__()` must come first in __init__, before any layer is made.",
        error=raising("before Module.__init__() call"),
    ),
    Mistake(
        "on-another-device",
        "The model lies on another device than the images. Leave it on the CPU; whoever trains moves it.",
        error=raising("on the same device", "not compiled with CUDA", "NVIDIA driver"),
    ),
    Mistake("not-flattened", "The scores still have places, (N, 10, 1, 1): flatten them to (N, 10)."),
    Mistake("wrong-number-of-scores", "There are ten classes, so each image needs ten scores."),
    Mistake("scores-are-classes", "One number came back for each image: return the ten scores, not the class."),
    Mistake("batch-flattened", "The batch was flattened too: flatten from axis 1 on, `x.flatten(1)`."),
    Mistake("model-shared", "The same model comes back every time: make it inside build_model."),
    Mistake("not-repeatable", "The same seed gives another model: leave chance to PyTorch's generator."),
    Mistake(
        "parameters-hidden",
        "forward uses parameters that `model.parameters()` does not know, so no optimizer will train them. "
        "A plain list or dict hides layers: nn.ModuleList, nn.ModuleDict and nn.Parameter do not.",
    ),
    Mistake(
        "random-when-judging",
        "forward draws random numbers in evaluation mode too. F.dropout needs `training=self.training`; "
        "nn.Dropout knows by itself.",
    ),
    Mistake(
        "layers-made-in-forward",
        "forward makes layers, with new random weights at every call: make them in __init__.",
    ),
    Mistake(
        "looks-at-the-batch",
        "In evaluation mode an image's scores depend on the other images of its batch. Batchnorm must use its "
        "running statistics there, and nothing may be averaged over axis 0.",
    ),
    Mistake("already-trained", "The weights are good before any training: build_model gives the architecture."),
    Mistake(
        "too-many-parameters",
        "There are too many parameters. A linear layer behind a flattening is mostly where they sit: pool first, "
        "or take the mean over all places.",
    ),
    Mistake(
        "too-many-multiply-adds",
        "It computes too much. The first layers work at 28×28 places: fewer channels there, pool or stride "
        "early, or make a convolution depthwise.",
    ),
    Mistake(
        "too-slow",
        "It takes far longer than its multiply-adds say: many depthwise convolutions or other small operations at "
        "28×28 places. Pool or stride before them.",
    ),
    Mistake("nothing-to-train", "No parameter needs a gradient, so training changes nothing."),
    Mistake(
        "no-nonlinearity",
        "There is no nonlinearity: without one between them, any number of layers are a single linear layer.",
    ),
    Mistake(
        "no-convolution",
        "There is no convolution. A digit may lie anywhere here, and a linear layer learns it anew for each place.",
    ),
    Mistake(
        "softmax-at-the-end",
        "The scores went through a softmax; the loss has one of its own. Two in a row leave little gradient: a design "
        "that gets 99 % got 59 to 83 % so. (A log-softmax at the end does no harm.)",
    ),
    Mistake(
        "relu-at-the-end",
        "There is a ReLU behind the last layer. Scores may be negative; one that is cut at 0 has no gradient.",
    ),
    Mistake(
        "gradient-cut",
        "forward cuts the gradient with detach: what comes before it never learns.",
    ),
    Mistake(
        "not-from-the-images",
        "The scores do not depend on the images. Does forward use its x to the end? What went through NumPy or "
        "`.data` is a constant here.",
    ),
    Mistake("depends-on-numbers", "forward must do the same for every image, or its cost cannot be counted."),
)

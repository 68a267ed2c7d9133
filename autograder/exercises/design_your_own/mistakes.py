"""The mistakes that the check of build_model knows."""

from __future__ import annotations

from typing import Any

from autograder.judging.mistake import Mistake


def raising(*texts: str) -> Any:
    """Whether an error's message contains one of these texts."""
    return lambda q, raised: any(text in raised.message for text in texts)


MISTAKES = (
    Mistake("class-not-model", "build_model returned a class: call it, `return Net()`, to return a model."),
    Mistake(
        "colour-channels",
        "A convolution gets one channel and expects another number: these images have one, (N, 1, 28, 28).",
        error=raising("but got 1 channels"),
    ),
    Mistake(
        "flatten-size",
        "A linear layer or matrix product gets another number of inputs than it was made for. After flattening there "
        "are C·H·W of them: print the shape before the layer, or use nn.LazyLinear, which finds the number itself.",
        error=raising("mat1 and mat2 shapes cannot be multiplied"),
    ),
    Mistake(
        "shapes-do-not-add",
        "Two branches that are added, multiplied or concatenated have different shapes: in a residual block the "
        "shortcut needs a 1×1 convolution where channels or stride change.",
        error=raising("must match the size of tensor b", "Sizes of tensors must match"),
    ),
    Mistake(
        "float64",
        "float64 meets float32. The images are float32, and so are PyTorch's layers if nothing makes them float64.",
        error=raising("scalar type Double", "Double and Float", "Float and Double", "(double)", "Double"),
    ),
    Mistake(
        "super-init-forgotten",
        "`super().__init__()` must come first in __init__, before any layer is made.",
        error=raising("before Module.__init__() call"),
    ),
    Mistake(
        "on-another-device",
        "The model is on another device than the images. Leave it on the CPU; the code that trains it moves it.",
        error=raising("on the same device", "not compiled with CUDA", "NVIDIA driver"),
    ),
    Mistake("not-flattened", "The scores still have a height and width, (N, 10, 1, 1): flatten them to (N, 10)."),
    Mistake("wrong-number-of-scores", "There are ten classes, so each image needs ten scores."),
    Mistake(
        "scores-are-classes",
        "The model returned one number for each image: return the ten scores, not the class.",
    ),
    Mistake("batch-flattened", "The batch axis is gone: flatten from axis 1 on, `x.flatten(1)`, and reduce no axis 0."),
    Mistake("model-shared", "Every call returns the same model: make it inside build_model.", convention="memory"),
    Mistake("not-repeatable", "The same seed gives another model: draw all random numbers from PyTorch's generator."),
    Mistake(
        "seeds-itself",
        "build_model seeds PyTorch's generator, so every call gives the same weights: leave out torch.manual_seed. "
        "Whoever calls build_model sets the seed.",
        convention="memory",
    ),
    Mistake(
        "parameters-hidden",
        "forward uses parameters that are not in `model.parameters()`, so no optimizer trains them. "
        "A plain list or dict hides layers, from `model.eval()` too: use nn.ModuleList, nn.ModuleDict or nn.Parameter.",
    ),
    Mistake(
        "random-when-judging",
        "forward draws random numbers in evaluation mode too. F.dropout needs `training=self.training`; "
        "nn.Dropout does this itself.",
    ),
    Mistake(
        "layers-made-in-forward",
        "forward makes layers, with new random weights in every call: make them in __init__.",
    ),
    Mistake(
        "looks-at-the-batch",
        "In evaluation mode an image's scores depend on the other images of its batch. Batchnorm must use its "
        "running statistics there, and nothing may be averaged over axis 0.",
    ),
    Mistake("already-trained", "The weights are good before any training: build_model gives the architecture."),
    Mistake(
        "too-many-parameters",
        "There are too many parameters. Most of them are usually in a linear layer after flattening: pool first, "
        "or take the mean over height and width.",
    ),
    Mistake(
        "too-many-multiply-adds",
        "It computes too much. The first layers work at 28×28 positions: use fewer channels there, pool or stride "
        "early, or make a convolution depthwise.",
    ),
    Mistake(
        "too-slow",
        "It takes far longer than its multiply-adds suggest: there are many small operations, such as depthwise "
        "convolutions at 28×28 positions or the steps of a loop. Pool or stride before them.",
    ),
    Mistake("nothing-to-train", "No parameter needs a gradient, so training changes nothing."),
    Mistake(
        "no-nonlinearity",
        "There is no nonlinearity: without one between them, any number of layers are a single linear layer.",
    ),
    Mistake(
        "no-convolution",
        "There is no convolution, and no other layer with the same weights at every position. A digit may be anywhere "
        "in these images, and a linear layer learns it anew for each position.",
    ),
    Mistake(
        "softmax-at-the-end",
        "The scores went through a softmax, and the loss has its own. Two in a row leave little gradient: a design "
        "with an accuracy of 99 % got 59 to 83 % this way. (A log-softmax at the end does no harm.)",
    ),
    Mistake(
        "relu-at-the-end",
        "There is a ReLU after the last layer. Scores may be negative; one that is set to 0 gets no gradient.",
    ),
    Mistake(
        "gradient-cut",
        "forward cuts the gradient, with detach or no_grad: some parameters before it never learn.",
    ),
    Mistake(
        "changed-in-place",
        "forward changes a result in place (`x += …`, `x.mul_(…)`, `inplace=True`) that PyTorch needs for the "
        "gradient: write `x = x + …`.",
    ),
    Mistake(
        "not-from-the-images",
        "The scores do not depend on the images. Does forward use its x to the end? What NumPy computes counts as a "
        "constant here.",
    ),
    Mistake("depends-on-numbers", "forward must do the same for every image, or its cost cannot be counted."),
)

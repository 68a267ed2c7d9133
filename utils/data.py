"""The images of the course: the data sets digits (no download), mnist and fashion-mnist, and two photographs."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from utils.idx import read_idx

FOLDER_VARIABLE = "CNN_COURSE_DATA"  # environment variable: a folder with the files, as load describes it
NAMES = ("digits", "mnist", "fashion-mnist")
PHOTOGRAPHS = ("china.jpg", "flower.jpg")
EMBEDDED = Path(__file__).resolve().parent / "images"  # the digits and the photographs; SOURCE.md there says whose

TRAIN_IMAGES, TRAIN_LABELS = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
TEST_IMAGES, TEST_LABELS = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"

SHA256 = {
    "mnist": {
        TRAIN_IMAGES: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        TRAIN_LABELS: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        TEST_IMAGES: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        TEST_LABELS: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    },
    "fashion-mnist": {
        TRAIN_IMAGES: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        TRAIN_LABELS: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        TEST_IMAGES: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
        TEST_LABELS: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    },
}

# tried in this order; a file is used only if its hash is right
MIRRORS = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
        "https://raw.githubusercontent.com/fgnt/mnist/ae608a02b796c9ee908c082585a5f006fe05258e/",
    ),
    "fashion-mnist": (
        "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/b2617bb6d3ffa2e429640350f613e3291e10b141/data/fashion/",
        "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ),
}

DIGITS = tuple("0123456789")
CLASSES = {
    "digits": DIGITS,
    "mnist": DIGITS,
    "fashion-mnist": (
        *("T-shirt/top", "trouser", "pullover", "dress", "coat"),
        *("sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ),
}


class DataFileError(RuntimeError):
    """A data file is missing or damaged; the message says which one and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows instead of a traceback: the message alone."""
        return [str(self)]


@dataclass(frozen=True)
class Dataset:
    """Images and labels of ten classes, split into a training and a test set."""

    name: str
    classes: tuple[str, ...]  # names of the classes, in the order of the labels
    train_images: NDArray[np.float32]  # (N, 1, 28, 28) in [0, 1]
    train_labels: NDArray[np.int64]  # (N,) indices into `classes`
    test_images: NDArray[np.float32]  # (M, 1, 28, 28) in [0, 1]
    test_labels: NDArray[np.int64]  # (M,)


def load(name: str = "digits") -> Dataset:
    """Load a data set by name: new arrays with the same values in the same order at every call.

    `digits` comes with the course and needs no network: 1400 training and 397 test images. `mnist` and
    `fashion-mnist` (60,000 and 10,000) are read from the folder that the environment variable CNN_COURSE_DATA names,
    with files such as `mnist/train-images-idx3-ubyte.gz` in it. Files that are missing are downloaded once.

    Raises:
        ValueError: if there is no data set of this name.
        DataFileError: if a file cannot be downloaded, or a file in the folder has the wrong hash.
    """
    if name not in NAMES:
        raise ValueError(f"No data set is called {name!r}. Choose one of {', '.join(NAMES)}.")
    if name == "digits":
        return _digits()
    # the small files first: a missing network then raises at once
    test_labels, train_labels = _labels(name, TEST_LABELS), _labels(name, TRAIN_LABELS)
    test_images, train_images = _images(name, TEST_IMAGES), _images(name, TRAIN_IMAGES)
    return Dataset(name, CLASSES[name], train_images, train_labels, test_images, test_labels)


def photograph(name: str = "china.jpg") -> NDArray[np.float32]:
    """One of two photographs, float32 (3, 427, 640) in [0, 1]; needs no network.

    Raises:
        ValueError: if the name is neither china.jpg nor flower.jpg.
    """
    if name not in PHOTOGRAPHS:
        raise ValueError(f"No photograph is called {name!r}. Choose one of {', '.join(PHOTOGRAPHS)}.")
    with Image.open(EMBEDDED / name) as file:
        pixels = np.asarray(file).transpose(2, 0, 1)
    return np.ascontiguousarray(pixels, dtype=np.float32) / np.float32(255)


def shuffle_pixels(images: NDArray[Any], order: NDArray[np.int64]) -> NDArray[Any]:
    """Permute the pixels of each image: with each image flattened, result[i] = image[order[i]].

    Args:
        images: (N, C, H, W).
        order: (C·H·W,) int64, one permutation for all images, or (N, C·H·W), one for each.

    Returns:
        A new array (N, C, H, W) of the dtype of the images.
    """
    rows = images.reshape(len(images), -1)
    return np.take_along_axis(rows, np.broadcast_to(order, rows.shape), axis=1).reshape(images.shape)


def cache_folder() -> Path:
    """The folder for downloads, one for each user of the machine."""
    import pooch  # only downloads need it, and a machine without a network may not have it

    return Path(pooch.os_cache("cnn-course"))


def _digits(per_class: int = 140) -> Dataset:
    """1797 digits, enlarged from 8×8 to 28×28: 140 of each class for training, the rest (34 to 43) for testing."""
    with np.load(EMBEDDED / "digits.npz") as file:
        pixels, labels = file["images"], file["labels"].astype(np.int64)  # (1797, 8, 8) from 0 to 16
    # RandomState, unlike default_rng, gives the same numbers in every version of NumPy
    order = np.random.RandomState(0).permutation(len(pixels))
    labels, images = labels[order], enlarge(pixels[order] / 16, 28)[:, None].astype(np.float32)
    rank_in_class = np.empty_like(labels)
    for c in range(10):
        rank_in_class[labels == c] = np.arange(np.sum(labels == c))
    train = rank_in_class < per_class
    return Dataset("digits", CLASSES["digits"], images[train], labels[train], images[~train], labels[~train])


def enlarge(images: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """Enlarge square images by cubic interpolation: (N, H, H) → (N, size, size), clipped to [0, 1].

    The kernel is that of R. Keys, IEEE Trans. ASSP 29(6), 1981, with a = −1/2; edge pixels are repeated outwards.
    """
    margin = 2
    padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin)), mode="edge")
    centres = (np.arange(size) + 0.5) * images.shape[-1] / size - 0.5 + margin
    t = np.abs(centres[:, None] - np.arange(padded.shape[-1]))
    near, far = 1.5 * t**3 - 2.5 * t**2 + 1, -0.5 * t**3 + 2.5 * t**2 - 4 * t + 2
    weights = np.where(t < 1, near, np.where(t < 2, far, 0))
    return np.clip(weights @ padded @ weights.T, 0, 1)


def _images(name: str, file: str) -> NDArray[np.float32]:
    return read_idx(_verified_file(name, file))[:, None].astype(np.float32) / np.float32(255)


def _labels(name: str, file: str) -> NDArray[np.int64]:
    return read_idx(_verified_file(name, file)).astype(np.int64)


def _verified_file(name: str, file: str) -> Path:
    """Path of a file whose hash is right: in the user's folder, else in the download cache, else downloaded now."""
    expected = SHA256[name][file]
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        if not Path(folder).is_dir():
            raise DataFileError(f"{FOLDER_VARIABLE} names {folder}, which is not a folder: correct or unset it.")
        provided = Path(folder) / name / file
        if provided.exists():
            if (got := _sha256(provided)) != expected:
                raise DataFileError(
                    f"{provided} is damaged or a different file: its sha256 is {got}, expected {expected}. "
                    f"Replace it, or move it away to have it downloaded."
                )
            return provided
    try:
        cached = cache_folder() / name / file
    except ModuleNotFoundError:
        raise DataFileError(
            f"{name}/{file} is not here, and pooch, which downloads it, is not installed. Set {FOLDER_VARIABLE} to a "
            f"folder that has it, or use load('digits')."
        ) from None
    if cached.exists():
        if _sha256(cached) == expected:
            return cached
        cached.unlink()
    return _download(name, file, cached)


def _download(name: str, file: str, target: Path) -> Path:
    """Download a file from the first mirror whose file has the right hash."""
    import pooch
    from tqdm.auto import tqdm

    # at its default level pooch writes to stderr, and nbgrader deducts points for output on stderr
    pooch.get_logger().setLevel(logging.WARNING)
    reasons = []
    for mirror in MIRRORS[name]:
        # pooch sets the length itself, but ignores a bar of length 0, which is falsy
        bar = tqdm(total=1, desc=f"{name}/{file}", unit="B", unit_scale=True, file=sys.stdout, leave=False)
        fetch = pooch.HTTPDownloader(progressbar=bar, timeout=15)
        try:
            pooch.retrieve(mirror + file, f"sha256:{SHA256[name][file]}", target.name, target.parent, downloader=fetch)
            return target
        except ValueError:
            reasons.append(f"{urlsplit(mirror).netloc} sent a file with a different hash")
        except OSError as error:
            reasons.append(f"{urlsplit(mirror).netloc}: {type(error).__name__}")
        finally:
            bar.close()
    folder = os.environ.get(FOLDER_VARIABLE)
    destination = Path(folder) / name / file if folder else target
    raise DataFileError(
        f"{name}/{file} could not be downloaded ({'; '.join(reasons)}). Without a network, download it on another "
        f"machine (for example from {MIRRORS[name][0]}{file}) and put it at {destination}, or use load('digits')."
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

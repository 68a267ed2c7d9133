"""Loading data sets, and files that are missing or damaged; without a network."""

from __future__ import annotations

import gzip
import hashlib
import os
import struct
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from utils import data
from utils.data import (
    TEST_IMAGES,
    TEST_LABELS,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    DataFileError,
    load,
    photograph,
    shuffle_pixels,
)
from utils.idx import read_idx

FILES = (TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS)
DEAD = "http://127.0.0.1:9/"  # the discard port, on which nothing listens


def packed(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)  # the content is part of test names, which must be the same in all workers


def idx_bytes(array: np.ndarray[Any, Any]) -> bytes:
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return packed(header + array.astype(np.uint8).tobytes())


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A small replacement for mnist, with six and three images, an empty cache and no mirror that answers."""
    rng = np.random.default_rng(0)
    files = {
        TRAIN_IMAGES: idx_bytes(rng.integers(0, 256, (6, 28, 28))),
        TRAIN_LABELS: idx_bytes(np.arange(6)),
        TEST_IMAGES: idx_bytes(rng.integers(0, 256, (3, 28, 28))),
        TEST_LABELS: idx_bytes(np.arange(3)),
    }
    hashes = {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}
    monkeypatch.setitem(data.SHA256, "mnist", hashes)
    monkeypatch.setitem(data.MIRRORS, "mnist", (DEAD,))
    monkeypatch.setattr(data, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.delenv(data.FOLDER_VARIABLE, raising=False)
    return files


def write(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True)
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return folder


@pytest.fixture
def mirror(tmp_path: Path, tiny: dict[str, bytes]) -> Iterator[tuple[str, Path, list[str]]]:
    """A mirror on this machine: its address, its folder, and the paths that were requested from it."""
    folder, requests = write(tmp_path / "mirror", tiny), []

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            requests.append(self.path)

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", folder, requests
    server.shutdown()
    server.server_close()


def test_digits_have_the_documented_shapes_dtypes_and_range() -> None:
    digits = load()
    assert digits.name == "digits" and digits.classes == tuple("0123456789")
    for images, labels, n in (
        (digits.train_images, digits.train_labels, 1400),
        (digits.test_images, digits.test_labels, 397),
    ):
        assert images.shape == (n, 1, 28, 28) and images.dtype == np.float32
        assert labels.shape == (n,) and labels.dtype == np.int64
        assert images.min() == 0 and images.max() == 1


def test_the_split_of_the_digits_is_balanced_and_always_the_same() -> None:
    digits, again = load("digits"), load("digits")
    assert np.bincount(digits.train_labels).tolist() == [140] * 10
    assert np.bincount(digits.test_labels).min() >= 34
    np.testing.assert_array_equal(digits.train_images, again.train_images)
    assert not np.shares_memory(digits.train_images, again.train_images)
    # fixed, because published accuracies depend on the split
    assert hashlib.sha256(digits.train_labels.astype(np.uint8)).hexdigest()[:12] == "33e9c83849af"


def test_digits_have_no_image_in_both_parts() -> None:
    digits = load()
    train = {image.tobytes() for image in digits.train_images}
    assert not any(image.tobytes() in train for image in digits.test_images)


def test_enlarging_keeps_flat_images_and_the_order_of_pixels() -> None:
    np.testing.assert_allclose(data.enlarge(np.full((1, 8, 8), 0.4), 28), np.full((1, 28, 28), 0.4))
    ramp = np.broadcast_to(np.linspace(0, 1, 8), (1, 8, 8))
    enlarged = data.enlarge(ramp, 28)
    assert enlarged.shape == (1, 28, 28)
    assert (np.diff(enlarged[0, 0, 2:-2]) > 0).all() and np.ptp(enlarged[0], axis=0).max() < 1e-12


def test_shuffle_pixels_takes_one_permutation_or_one_for_each_image() -> None:
    images = np.arange(2 * 6.0).reshape(2, 1, 2, 3)
    order = np.array([5, 4, 3, 2, 1, 0])
    np.testing.assert_array_equal(shuffle_pixels(images, order), images[:, :, ::-1, ::-1])
    each = shuffle_pixels(images, np.stack([order, np.arange(6)]))
    np.testing.assert_array_equal(each[0], images[0, :, ::-1, ::-1])
    np.testing.assert_array_equal(each[1], images[1])
    assert not np.shares_memory(each, images)


def test_a_photograph_is_channels_first() -> None:
    china = photograph()
    assert china.shape == (3, 427, 640) and china.dtype == np.float32 and china.flags.c_contiguous
    assert china.min() >= 0 and china.max() <= 1
    with pytest.raises(ValueError, match=r"'cat\.jpg'.*china\.jpg, flower\.jpg"):
        photograph("cat.jpg")


def test_an_unknown_name_lists_the_names() -> None:
    with pytest.raises(ValueError, match=r"'cifar'.*digits, mnist, fashion-mnist"):
        load("cifar")


def test_a_file_is_downloaded_once_and_then_read_from_the_cache(
    mirror: tuple[str, Path, list[str]], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    address, _, requests = mirror
    monkeypatch.setitem(data.MIRRORS, "mnist", (address,))
    mnist = load("mnist")
    assert mnist.train_images.shape == (6, 1, 28, 28) and mnist.train_images.dtype == np.float32
    assert mnist.train_images.max() <= 1 and mnist.test_labels.tolist() == [0, 1, 2]
    assert len(requests) == 4
    load("mnist")
    assert len(requests) == 4
    assert capfd.readouterr().err == "", "nbgrader deducts points for output on stderr"


def test_the_next_mirror_is_tried_after_a_failure(
    mirror: tuple[str, Path, list[str]],
    tmp_path: Path,
    tiny: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, folder, _ = mirror
    write(folder / "wrong", {file: b"<html>moved</html>" for file in tiny})
    monkeypatch.setitem(data.MIRRORS, "mnist", (DEAD, address + "missing/", address + "wrong/", address))
    assert load("mnist").train_labels.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("damage", ["cut short", "other bytes", "empty"])
def test_a_damaged_file_in_the_cache_is_downloaded_again(
    damage: str,
    mirror: tuple[str, Path, list[str]],
    tmp_path: Path,
    tiny: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address, _, requests = mirror
    cached = write(tmp_path / "cache" / "mnist", tiny) / TRAIN_IMAGES
    content = tiny[TRAIN_IMAGES]
    cached.write_bytes({"cut short": content[:-9], "other bytes": content[:-1] + b"?", "empty": b""}[damage])
    monkeypatch.setitem(data.MIRRORS, "mnist", (address,))
    assert load("mnist").train_images.shape == (6, 1, 28, 28)
    assert requests == ["/" + TRAIN_IMAGES] and cached.read_bytes() == content


def test_without_a_network_the_error_says_which_file_to_put_where(tmp_path: Path, tiny: dict[str, bytes]) -> None:
    cached = write(tmp_path / "cache" / "mnist", tiny) / TEST_LABELS
    cached.write_bytes(b"damaged")
    with pytest.raises(DataFileError) as raised:
        load("mnist")
    message = str(raised.value)
    assert f"mnist/{TEST_LABELS} could not be downloaded" in message and str(cached) in message
    assert "\n" not in message and not cached.exists()
    # following the advice of the message works
    cached.write_bytes(tiny[TEST_LABELS])
    assert load("mnist").test_labels.tolist() == [0, 1, 2]


def test_the_users_folder_is_read(tmp_path: Path, tiny: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "own" / "mnist", tiny)
    monkeypatch.setenv(data.FOLDER_VARIABLE, str(tmp_path / "own"))
    assert load("mnist").train_labels.tolist() == [0, 1, 2, 3, 4, 5]
    assert not (tmp_path / "cache").exists()


def test_a_damaged_file_of_the_user_is_named_and_not_changed(
    tmp_path: Path, tiny: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = write(tmp_path / "own" / "mnist", tiny) / TRAIN_LABELS
    own.write_bytes(b"mine")
    monkeypatch.setenv(data.FOLDER_VARIABLE, str(tmp_path / "own"))
    with pytest.raises(DataFileError) as raised:
        load("mnist")
    message = str(raised.value)
    assert str(own) in message and hashlib.sha256(b"mine").hexdigest() in message
    assert data.SHA256["mnist"][TRAIN_LABELS] in message and own.read_bytes() == b"mine"


def test_a_file_missing_in_the_users_folder_is_named_with_its_path(
    tmp_path: Path, tiny: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own").mkdir()
    monkeypatch.setenv(data.FOLDER_VARIABLE, str(tmp_path / "own"))
    with pytest.raises(DataFileError) as raised:
        load("mnist")
    assert str(tmp_path / "own" / "mnist" / TEST_LABELS) in str(raised.value)
    monkeypatch.setenv(data.FOLDER_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(DataFileError, match="nowhere, which is not a folder"):
        load("mnist")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"plain text", "damaged or cut short"),
        (idx_bytes(np.zeros((2, 3)))[:-12], "damaged or cut short"),
        (packed(b"\0\0\x0d\1\0\0\0\0"), "not an IDX file of bytes"),
        (packed(b""), "not an IDX file of bytes"),
        (packed(b"\0\0\x08\3\0\0\0\1"), "ends inside its header"),
        (packed(b"\0\0\x08\1\0\0\0\5abc"), r"holds 3 bytes of data, its header says \(5,\)"),
    ],
)
def test_read_idx_says_what_is_wrong_with_a_file(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "file.gz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=says):
        read_idx(path)


@pytest.mark.skipif(
    not os.environ.get(data.FOLDER_VARIABLE),
    reason=f"{data.FOLDER_VARIABLE} is not set: the real files are not here",
)
@pytest.mark.parametrize(
    ("name", "train_counts"),
    [
        ("mnist", [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]),
        ("fashion-mnist", [6000] * 10),
    ],
)
def test_the_real_files_have_the_published_counts(name: str, train_counts: list[int]) -> None:
    dataset = load(name)
    assert dataset.train_images.shape == (60_000, 1, 28, 28) and dataset.test_images.shape == (
        10_000,
        1,
        28,
        28,
    )
    assert dataset.train_images.dtype == np.float32 and dataset.train_images.max() == 1
    assert np.bincount(dataset.train_labels).tolist() == train_counts
    assert len(dataset.classes) == 10 and dataset.test_labels.dtype == np.int64

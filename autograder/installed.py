"""What the course needs installed, by the extra that installs it, from the course's own metadata."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = "cnn-course"
EXTRAS = ("", "torch", "grading")  # "" is what is always installed; each of the others includes those before it
PACKAGES = {"PIL": "pillow"}  # module → the package that has it, where the names differ
CHECKOUT = Path(__file__).resolve().parent.parent


def requirements(extra: str = "") -> list[Requirement]:
    """What an extra asks for, of this Python, without what other extras ask for.

    Raises:
        metadata.PackageNotFoundError: if the course is not installed.
    """
    wanted = map(Requirement, metadata.requires(PROJECT) or [])
    return [one for one in wanted if canonicalize_name(one.name) != PROJECT and _belongs(one, extra)]


def _belongs(requirement: Requirement, extra: str) -> bool:
    if requirement.marker is None:
        return not extra
    return requirement.marker.evaluate({"extra": extra}) and (
        not extra or not requirement.marker.evaluate({"extra": ""})
    )


def installed_version(name: str) -> str | None:
    """The version of a package, without the part that names a local build (2.13.0+cpu is 2.13.0); None if missing."""
    try:
        return metadata.version(name).partition("+")[0]
    except metadata.PackageNotFoundError:
        return None


def unmet(wanted: list[Requirement]) -> list[str]:
    """Each requirement that this environment does not meet, in words: "numpy 1.20.0, wanted >=1.26"."""
    versions = [(one, installed_version(one.name)) for one in wanted]
    return [
        f"{one.name} {version or 'missing'}, wanted {one.specifier or 'any version'}"
        for one, version in versions
        if version is None or not one.specifier.contains(version, prereleases=True)
    ]


def extra_with(module: str) -> str | None:
    """The extra that installs a module which cannot be imported; None if no extra does."""
    package = canonicalize_name(PACKAGES.get(module, module))
    for extra in EXTRAS:
        if package in {canonicalize_name(one.name) for one in requirements(extra)}:
            return extra
    return None


def install_command(extra: str = "") -> str:
    """The command that installs an extra, here: into a checkout or from a package."""
    if (CHECKOUT / "pyproject.toml").is_file():
        return f"pip install -e '.[{extra}]'" if extra else "pip install -e ."
    return f"pip install '{PROJECT}[{extra}]'" if extra else f"pip install {PROJECT}"


def how_to_install(module: str) -> str | None:
    """What to do about a module that cannot be imported; None if nothing of the course asks for it.

    Raises:
        metadata.PackageNotFoundError: if the course is not installed.
    """
    extra = extra_with(module)
    return None if extra is None else f"{module} is not installed: run `{install_command(extra)}` in the course folder"

"""Fetches the shared libraries of Keystone and Unicorn, as the build's first step.

usage: fetch.py DIRECTORY

Downloads the wheels pinned in requirements.txt with pip and unpacks their shared libraries, nothing
else, into DIRECTORY/<platform>/, where <platform> is linux-x86-64, darwin-aarch64 and so on. The
classes NativeLibrary (Unicorn) and KeystoneLibrary look there.

DIRECTORY/manifest lists what was unpacked, with the hash of requirements.txt and of each library.
While it still holds nothing is downloaded, so a later build needs no network.
"""

import hashlib
import importlib.util
import os
import platform
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().with_name("requirements.txt")
SHARED_LIBRARY = re.compile(r"(libkeystone|keystone|libunicorn|unicorn)(\.so|\.dylib|\.dll|\.\d+\.dylib|\.so\.\d+)")


def platform_name():
    """The host as NativeLibrary and KeystoneLibrary name it."""
    system = {"linux": "linux", "darwin": "darwin", "win32": "win32"}.get(sys.platform, sys.platform)
    machine = platform.machine().lower()
    return system + "-" + {"x86_64": "x86-64", "amd64": "x86-64", "arm64": "aarch64"}.get(machine, machine)


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def manifest_lines(libraries):
    """What the manifest has to say when exactly these libraries are in place."""
    return [f"{sha256(REQUIREMENTS)}  requirements.txt"] + [
        f"{sha256(library)}  {library.parent.name}/{library.name}" for library in sorted(libraries)
    ]


def in_place(directory):
    manifest = directory / "manifest"
    if not manifest.is_file():
        return False
    lines = manifest.read_text().splitlines()
    libraries = [directory / line.split("  ", 1)[1] for line in lines[1:]]
    return all(library.is_file() for library in libraries) and lines == manifest_lines(libraries)


def download(wheels):
    if importlib.util.find_spec("pip") is None:
        sys.exit(
            f"{sys.executable} has no pip, which fetches Keystone and Unicorn"
            " (Debian: apt-get install python3-pip)"
        )
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input"]
    pins = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--requirement", str(REQUIREMENTS)]
    status = subprocess.run(pip + pins + ["--dest", wheels], stdout=sys.stderr, check=False).returncode
    if status != 0:
        sys.exit(f"pip could not download the wheels of Keystone and Unicorn pinned in {REQUIREMENTS}")


def unpack(wheels, target):
    """Puts every shared library of the wheels into target, each in one step, and returns them."""
    target.mkdir(parents=True, exist_ok=True)
    libraries = []
    for wheel in sorted(Path(wheels).glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                name = member.rsplit("/", 1)[-1]
                if SHARED_LIBRARY.fullmatch(name):
                    # A build that runs beside this one must never see half a library.
                    part = target / f".{name}.{os.getpid()}"
                    part.write_bytes(archive.read(member))
                    part.replace(target / name)
                    libraries.append(target / name)
    return libraries


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: fetch.py DIRECTORY")
    directory = Path(sys.argv[1])
    if in_place(directory):
        return
    target = directory / platform_name()
    with tempfile.TemporaryDirectory() as wheels:
        download(wheels)
        libraries = unpack(wheels, target)
    for engine in ("keystone", "unicorn"):
        if not any(engine in library.name for library in libraries):
            print(
                f"No wheel carries {engine} for {target.name}: install it, or name it in"
                f" TRAMPOLINE_{engine.upper()}_LIBRARY",
                file=sys.stderr,
            )
    (directory / "manifest").write_text("\n".join(manifest_lines(libraries)) + "\n")


if __name__ == "__main__":
    main()

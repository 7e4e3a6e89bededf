"""Unpacks what a C++ program needs from torch's Python wheels; `tools/libtorch.sh` calls it.

    unpack_libtorch.py requirements WHEELS    prints the CUDA packages that the torch wheel asks for
    unpack_libtorch.py cpu WHEELS LAYOUT      LAYOUT/{lib,include,build-version}, without CUDA
    unpack_libtorch.py cuda WHEELS LAYOUT     LAYOUT/torch/{lib,include,build-version} and LAYOUT/nvidia beside it, where
                                              the libraries look for CUDA's
"""

import fnmatch
import pathlib
import re
import shutil
import sys
import zipfile

VERSION = "2.13.0"
# Python's own part is of no use without Python.
PYTHON = ["libtorch_python*"]
CUDA = ["libtorch_cuda*", "libtorch_nvshmem*", "libc10_cuda*", "libcaffe2_nvrtc*"]
# These two the CPU library is linked against all the same.
NEEDED_WITHOUT_CUDA = ["libcupti.so.13", "libcudart.so.13"]


def matches(name, patterns):
    return any(fnmatch.fnmatch(name, pattern) for pattern in patterns)


def extract(wheel, member, target):
    target.parent.mkdir(parents=True, exist_ok=True)
    with wheel.open(member) as source, open(target, "wb") as out:
        shutil.copyfileobj(source, out, 1 << 20)


def torch_wheel(wheels):
    return next(wheels.glob(f"torch-{VERSION}*.whl"))


def requirements(wheels):
    with zipfile.ZipFile(torch_wheel(wheels)) as wheel:
        metadata = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        for line in wheel.read(metadata).decode().splitlines():
            found = re.match(r"Requires-Dist: ((?:cuda-toolkit|nvidia-)[^; ]*)", line)
            if found:
                print(found[1])


def unpack_torch(wheels, root, left_out, build):
    with zipfile.ZipFile(torch_wheel(wheels)) as wheel:
        for member in wheel.namelist():
            path = pathlib.PurePosixPath(member)
            if member.endswith("/") or path.parts[:2] not in [("torch", "lib"), ("torch", "include")]:
                continue
            if path.parts[1] == "lib" and matches(path.name, left_out):
                continue
            extract(wheel, member, root.joinpath(*path.parts[1:]))
    (root / "build-version").write_text(f"{VERSION}{build}\n")


def main():
    what, wheels = sys.argv[1], pathlib.Path(sys.argv[2])
    if what == "requirements":
        return requirements(wheels)
    layout = pathlib.Path(sys.argv[3])
    if what == "cpu":
        unpack_torch(wheels, layout, PYTHON + CUDA, "+cpu")
    else:
        unpack_torch(wheels, layout / "torch", PYTHON, "+cu130")
    torch_wheel(wheels).unlink()
    for path in wheels.glob("nvidia_*.whl"):
        with zipfile.ZipFile(path) as wheel:
            for member in wheel.namelist():
                name = pathlib.PurePosixPath(member).name
                if what == "cuda" and fnmatch.fnmatch(member, "nvidia/*/lib/*.so*"):
                    extract(wheel, member, layout / member)
                elif what == "cpu" and name in NEEDED_WITHOUT_CUDA:
                    extract(wheel, member, layout / "lib" / name)
        path.unlink()


main()

#!/usr/bin/env bash
# Lays libtorch out once in the user's cache and links it to ./libtorch, where `.cargo/config.toml` looks for it.
#
#   LIBTORCH             an unpacked libtorch of one's own: checked, and nothing else is done
#   IMDBSH_TORCH         cpu or cuda; without it, cuda where an NVIDIA GPU is found, else cpu
#   IMDBSH_LIBTORCH_URL  a zip laid out like the libtorch project's, to be taken instead of the Python wheel
#
# Everything grows in a temporary folder inside the cache and is renamed when whole, so that a run may be interrupted,
# or run twice at once, and never leaves half a libtorch behind. Written for bash 3.2, which is what macOS has.
set -euo pipefail

version=2.13.0
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
checkout=$(dirname "$tools")
cache=${XDG_CACHE_HOME:-$HOME/.cache}/imdbsh
host=$(uname -n)
temp='' child='' cause='' python=''

say() { printf 'libtorch: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

# Is $1 a libtorch that tch can be built against? What is wrong goes into `cause`. As tch does, a folder without
# `build-version` is taken on trust: a `torch` that pip has installed has none.
fits() {
    local found
    if [ ! -e "$1/lib/libtorch.so" ] && [ ! -e "$1/lib/libtorch.dylib" ]; then
        cause="$1 has no lib/libtorch.so"
        return 1
    fi
    if [ ! -e "$1/include/torch/csrc/api/include/torch/torch.h" ]; then
        cause="$1 has no include/torch/csrc/api/include/torch/torch.h"
        return 1
    fi
    if [ -e "$1/build-version" ] && [ -z "${LIBTORCH_BYPASS_VERSION_CHECK:-}" ]; then
        read -r found <"$1/build-version" || true
        if [ "${found%%+*}" != "$version" ]; then
            cause="$1 is libtorch $found"
            return 1
        fi
    fi
}

# cpu or cuda.
flavor() {
    local driver
    case ${IMDBSH_TORCH:-} in
        cpu | cuda) echo "$IMDBSH_TORCH" && return ;;
        '') ;;
        *) die "IMDBSH_TORCH is '$IMDBSH_TORCH'; it can be 'cpu' or 'cuda'." ;;
    esac
    if ! nvidia-smi -L >/dev/null 2>&1; then
        echo cpu && return
    fi
    driver=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -n 1)
    if [[ $driver =~ ^([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -lt 580 ]; then
        say "the NVIDIA driver $driver is older than 580, which CUDA 13 needs: taking the CPU-only libtorch."
        echo cpu && return
    fi
    echo cuda
}

# The platform tags of the wheels that fit this machine. Only Linux x86-64 is tried regularly: the others' tags are
# those of the published wheels, but nobody has run them.
platforms() {
    local machine minor
    machine=$(uname -m)
    case $(uname -s)-$machine in
        Linux-x86_64 | Linux-aarch64)
            for minor in 28 27 26 25 24 23 22 21 20 19 18 17; do echo "manylinux_2_${minor}_$machine"; done
            echo "manylinux2014_$machine"
            ;;
        Darwin-arm64) echo macosx_14_0_arm64 ;;
        *) return 1 ;;
    esac
}

# Runs a command such that a signal to this script ends it at once: bash would wait for a foreground command first.
# Its output is shown where there is somebody to watch it; its errors are kept for `explain`.
run() {
    if [ -t 2 ]; then
        "$@" >&2 2>"$temp/errors" &
    else
        "$@" >"$temp/errors" 2>&1 &
    fi
    child=$!
    local status=0
    wait "$child" || status=$?
    child=''
    return "$status"
}

# The line of the last command's errors that says why it failed. pip's own last line ("no matching distribution") hides
# the reason that its warnings give, and the addresses in them are of no use to the reader.
explain() {
    local reason
    reason=$(grep -oE '\[Errno -?[0-9]+\] [A-Za-z ]+|No space left on device|[Tt]imed out|CERTIFICATE_VERIFY_FAILED' "$temp/errors" | tail -n 1) ||
        reason=$(grep -v '^\[notice\]' "$temp/errors" | grep . | tail -n 1) || reason='it gave no reason'
    printf '%s' "$reason" | sed -E 's#https?://[^ )]*#the address#g; s/^ERROR: //'
}

# pip_download FOLDER ARGUMENT…: wheels for this machine, whichever Python is asked for them. pip's temporary files go
# into our folder and none into pip's cache, so that libtorch is on the disk once and an interrupted download not at all.
pip_download() {
    local folder=$1 platform tags
    shift
    tags=$(platforms)
    for platform in $tags; do set -- "$@" --platform "$platform"; done
    [ -t 2 ] || set -- "$@" --progress-bar off
    TMPDIR=$temp run "$python" -m pip download --disable-pip-version-check --no-input --no-cache-dir \
        --only-binary=:all: --python-version 3.11 --implementation cp --dest "$folder" "$@"
}

# Lays $2 (cpu or cuda) out in the folder $1 from Python wheels, or sets `cause`.
from_wheels() {
    local layout=$1 flavor=$2 requirements
    platforms >/dev/null || { cause="there is no wheel for $(uname -s) on $(uname -m)" && return 1; }
    # The interpreter itself: `python3` may be a version manager's wrapper, which a signal would end without it.
    python=$(python3 -c 'import sys; print(sys.executable)' 2>/dev/null) || { cause='there is no python3' && return 1; }
    "$python" -m pip --version >/dev/null 2>&1 || { cause='python3 has no pip' && return 1; }
    if [ "$flavor" = cuda ]; then
        say "getting libtorch $version for CUDA from its Python wheels (about 3 GB, once, many minutes on a slow line) …"
    else
        say "getting libtorch $version for the CPU from its Python wheel (527 MB, once, about a minute at 100 Mbit/s) …"
    fi
    set -- --no-deps "torch==$version"
    # The CPU library, too, is linked against these two, wherever it is built with CUDA.
    [ "$flavor" = cpu ] && [ "$(uname -s)" = Linux ] &&
        set -- "$@" nvidia-cuda-cupti==13.0.85 nvidia-cuda-runtime==13.0.96
    pip_download "$temp/wheels" "$@" || { cause="pip: $(explain)" && return 1; }
    if [ "$flavor" = cuda ]; then
        requirements=$("$python" "$tools/unpack_libtorch.py" requirements "$temp/wheels") || { cause='the wheel is damaged' && return 1; }
        # shellcheck disable=SC2086 # one requirement a word
        pip_download "$temp/wheels" $requirements || { cause="pip: $(explain)" && return 1; }
    fi
    run "$python" "$tools/unpack_libtorch.py" "$flavor" "$temp/wheels" "$layout" || { cause="unpacking: $(explain)" && return 1; }
}

# Lays $2 out in the folder $1 from a zip of the libtorch project, or sets `cause`.
from_zip() {
    local layout=$1 url=${IMDBSH_LIBTORCH_URL:-} zip=$temp/libtorch.zip
    if [ -z "$url" ]; then
        [ "$2-$(uname -s)-$(uname -m)" = cpu-Linux-x86_64 ] || { cause="it has no zip for $2 on $(uname -s) $(uname -m)" && return 1; }
        url=https://download.pytorch.org/libtorch/cpu/libtorch-shared-with-deps-$version%2Bcpu.zip
    fi
    command -v curl >/dev/null || { cause='there is no curl' && return 1; }
    say "getting libtorch $version from $url …"
    if [ -t 2 ]; then
        # Drawn on the error output, so this one is not captured by `run`.
        curl -fL --progress-bar -o "$zip" "$url" 2> >(tee "$temp/bar" >&2) &
        child=$!
        wait "$child" || { cause="$(tr '\r' '\n' <"$temp/bar" | grep '^curl:' | tail -n 1)" && return 1; }
        child=''
    else
        run curl -fsSL -o "$zip" "$url" || { cause=$(explain) && return 1; }
    fi
    if command -v unzip >/dev/null; then
        run unzip -q "$zip" -d "$temp/zip" || { cause="unzip: $(explain)" && return 1; }
    elif command -v python3 >/dev/null; then
        run python3 -m zipfile -e "$zip" "$temp/zip" || { cause="unpacking: $(explain)" && return 1; }
    else
        cause='there is neither unzip nor python3'
        return 1
    fi
    mv "$temp/zip/libtorch" "$layout" 2>/dev/null || { cause="the zip holds no folder 'libtorch'" && return 1; }
}

# Removes what runs on this machine that were killed outright have left behind.
remove_stale() {
    local folder pid
    for folder in "$cache/.tmp-$host-"*; do
        pid=${folder%-*}
        pid=${pid##*-}
        [ ! -d "$folder" ] || kill -0 "$pid" 2>/dev/null || rm -rf "$folder"
    done
}

clean_up() {
    [ -z "$child" ] || kill "$child" 2>/dev/null || true
    [ -z "$child" ] || wait "$child" 2>/dev/null || true
    [ -z "$temp" ] || rm -rf "$temp"
}

# Makes $cache/$1 for the flavor $2.
lay_out() {
    local name=$1 flavor=$2 root tried=''
    mkdir -p "$cache" 2>/dev/null || die "cannot write to $cache; XDG_CACHE_HOME can name another place."
    remove_stale
    trap clean_up EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    temp=$(mktemp -d "$cache/.tmp-$host-$$-XXXXXX" 2>/dev/null) || die "cannot write to $cache; XDG_CACHE_HOME can name another place."
    mkdir "$temp/wheels"
    if [ -n "${IMDBSH_LIBTORCH_URL:-}" ]; then
        from_zip "$temp/$name" "$flavor" || tried="  $IMDBSH_LIBTORCH_URL: $cause"
    elif ! from_wheels "$temp/$name" "$flavor"; then
        tried="  the Python wheel torch $version: $cause"
        say "that did not work ($cause)."
        rm -rf "${temp:?}/$name"
        if from_zip "$temp/$name" "$flavor"; then
            tried=''
        else
            tried+=$'\n'"  the libtorch project's own zip: $cause"
        fi
    fi
    root=$temp/$name
    [ ! -d "$root/torch" ] || root=$root/torch
    if [ -z "$tried" ] && ! fits "$root"; then
        tried="  what was got does not fit: ${cause#"$temp/"}"
    fi
    if [ -n "$tried" ]; then
        printf '%s\n' "libtorch: libtorch $version could not be had. Tried:" "$tried" "What can be done:" \
            "  - where there is no network, or a proxy or mirror is needed: set that up (pip obeys HTTPS_PROXY and its own settings) and run make again;" \
            "  - install python3 with pip, if it is missing;" \
            "  - or unpack libtorch $version anywhere by hand and set LIBTORCH to its folder (the one that has lib/ and include/)." >&2
        exit 1
    fi
    # Into the parent folder, under its own name: unlike `mv a b`, this never lands inside an existing folder. Where
    # another run was faster, it fails, and the other's is as good.
    mv "$temp/$name" "$cache/" 2>/dev/null || [ -d "$cache/$name" ] || die "cannot move libtorch into $cache."
    say "laid out in $cache/$name ($SECONDS s)."
}

link() {
    local target=$1 link=$checkout/libtorch old=''
    [ ! -L "$link" ] || old=$(readlink "$link")
    # An unchanged link keeps its time, or cargo would build again.
    [ "$old" != "$target" ] || return 0
    ln -sfn "$target" "$link"
    say "./libtorch leads to $target."
    # The bindings remember whether there was CUDA to link with, but do not watch for a change of it.
    old=${old%/torch} target=${target%/torch}
    if [ -n "$old" ] && [ "${old##*/}" != "${target##*/}" ] && [ -d "$checkout/target" ] && command -v cargo >/dev/null; then
        (cd "$checkout" && cargo clean --quiet -p torch-sys && cargo clean --quiet --release -p torch-sys) || true
    fi
}

main() {
    local flavor name root
    if [ -n "${LIBTORCH:-}" ]; then
        fits "$LIBTORCH" || die "LIBTORCH does not fit: $cause; what is needed is libtorch $version. Unset LIBTORCH to have it fetched."
        say "taking LIBTORCH=$LIBTORCH."
        return
    fi
    if [ -d "$checkout/libtorch" ] && [ ! -L "$checkout/libtorch" ]; then
        fits "$checkout/libtorch" || die "./libtorch is a folder of your own, but $cause; what is needed is libtorch $version. Move it away to have it fetched."
        return
    fi
    flavor=$(flavor)
    name=libtorch-$version-$flavor
    [ -d "$cache/$name" ] || lay_out "$name" "$flavor"
    root=$cache/$name
    [ ! -d "$root/torch" ] || root=$root/torch
    fits "$root" || die "$cause. Remove $cache/$name to have it fetched again."
    link "$root"
}

main

# Sourced by the other scripts: strict mode, the repository's root, and how much to build at once.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"

say() { printf '%s\n' "== $*" >&2; }
die() { printf '%s\n' "$*" >&2; exit 1; }

# A translation unit with Asio in it takes more than 1 GiB under a sanitizer: count memory as well as cores.
build_jobs() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemAvailable/ {print int($2 / 1572864)}' /proc/meminfo)
  [ "$memory" -ge 1 ] || memory=1
  echo $((cores < memory ? cores : memory))
}

# build FOLDER TARGET [cmake option…]: configures FOLDER (quickly, when it is configured already) and builds the target there.
# Twelve sources of a layer are compiled as one, in half the time. QUIVIVE_UNITY=OFF compiles each by itself: quicker again after
# a change to one file, and it shows an include that is missing.
build() {
  local folder=$1 target=$2
  shift 2
  mkdir -p build
  cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_UNITY_BUILD="${QUIVIVE_UNITY:-ON}" -DCMAKE_UNITY_BUILD_BATCH_SIZE=12 "$@" >"$folder.configure.log" 2>&1 || { cat "$folder.configure.log" >&2; return 1; }
  cmake --build "$folder" --target "$target" --parallel "$(build_jobs)" >&2
}

# The python3 that has pytest and its xdist: a machine may have another one in front of Debian's.
pytest_python() {
  local candidate
  for candidate in python3 /usr/bin/python3; do
    "$candidate" -c 'import pytest, xdist' 2>/dev/null && { echo "$candidate"; return; }
  done
  die "no python3 with pytest and pytest-xdist; script/setup test installs one"
}

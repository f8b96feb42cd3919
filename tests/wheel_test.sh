#!/usr/bin/env bash
# Build the wheel, install it into a fresh environment away from the checkout, run the demonstration in an empty
# folder, and the test suite against the installed package. Two long tests of content, which ran from source, are left out.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/.venv/bin/python" -m build --quiet --wheel --no-isolation --outdir "$work/dist" "$root"
"$root/.venv/bin/python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check -c "$root/constraints.txt" \
  "$(ls "$work"/dist/*.whl)[test]"
mkdir "$work/empty"
(cd "$work/empty" && "$work/venv/bin/trialkit" demo && test -s trialkit-demo/main.html)
cp -r "$root/tests" "$root/docs" "$root/pyproject.toml" "$root/Makefile" "$work/empty/"
(cd "$work/empty" && "$work/venv/bin/python" -c "import trialkit, pathlib; assert 'site-packages' in trialkit.__file__" &&
  "$work/venv/bin/python" -m pytest -n 2 --dist worksteal tests \
    --ignore=tests/unit/test_corrupt.py --ignore=tests/acceptance/test_cdisc_pilot_sdtm.py)

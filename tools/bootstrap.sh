#!/bin/sh
# bootstrap.sh run|test: make the virtual environment .venv and install what is pinned in
# requirements.txt (and, for tests, requirements-dev.txt). Says in plain words what is missing.
set -eu
cd "$(dirname "$0")/.."
kind=$1
mark=.venv/.ready-$kind

say() { printf '%s\n' "$@" >&2; }

find_python() {
    for name in "${PYTHON:-python3}" python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null
        then
            command -v "$name"
            return
        fi
    done
    say '找不到 Python 3.11 以上（含 venv）。請先安裝：' \
        'Python 3.11 or newer (with venv) was not found. Install it first:' \
        '  Debian/Ubuntu:  sudo apt-get install python3 python3-venv' \
        '  macOS:          brew install python@3.12'
    exit 1
}

fingerprint() { cat requirements.txt requirements-dev.txt pyproject.toml tools/bootstrap.sh | cksum; }

[ -f "$mark" ] && [ "$(cat "$mark")" = "$(fingerprint)" ] && exit 0

python=$(find_python)
say "安裝套件到 .venv（約需一兩分鐘，之後不必再裝）/ installing packages into .venv …"
[ -x .venv/bin/python ] || "$python" -m venv .venv
log=.venv/install.log
lists="-r requirements.txt"
[ "$kind" = test ] && lists="$lists -r requirements-dev.txt"

install() {
    .venv/bin/python -m pip install --quiet --disable-pip-version-check uv==0.13.9 &&
        .venv/bin/uv pip install --quiet --python .venv/bin/python $lists &&
        .venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --editable .
}
install_slowly() {
    .venv/bin/python -m pip install --disable-pip-version-check $lists &&
        .venv/bin/python -m pip install --disable-pip-version-check --no-deps --editable .
}
if ! install >"$log" 2>&1 && ! install_slowly >>"$log" 2>&1; then
    say "套件安裝失敗，請確認網路可連線到 PyPI 後再執行一次；紀錄：$log" \
        "Installing the packages failed. Check that PyPI can be reached, then run it again; log: $log" \
        "$(tail -n 3 "$log")"
    exit 1
fi
fingerprint >"$mark"

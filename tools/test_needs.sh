#!/bin/sh
# What the tests use besides Python packages: LibreOffice Calc and Writer, pdftotext/pdftoppm, a CJK font, Chromium,
# Dovecot.
# Installs them where that is possible without asking (Debian/Ubuntu as root); else says how.
set -u
missing=""
command -v soffice >/dev/null 2>&1 || [ -x /Applications/LibreOffice.app/Contents/MacOS/soffice ] || missing="$missing libreoffice-calc"
command -v lowriter >/dev/null 2>&1 || [ "$(uname)" = Darwin ] || missing="$missing libreoffice-writer"
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=zh-tw 2>/dev/null)" ] || [ "$(uname)" = Darwin ] || missing="$missing fonts-noto-cjk"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || [ "$(uname)" = Darwin ] || missing="$missing chromium"
command -v /usr/lib/dovecot/imap >/dev/null 2>&1 || [ "$(uname)" = Darwin ] || missing="$missing dovecot-imapd"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "安裝測試所需 / installing for the tests:$missing"
    log=$(mktemp)
    if { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -yq --no-install-recommends $missing; } >"$log" 2>&1; then
        rm -f "$log"
        exit 0
    fi
    tail -n 5 "$log" >&2
fi
echo "測試還需要 / the tests also want:$missing"
echo "  Debian/Ubuntu:  sudo apt-get install$missing"
echo "  macOS:          brew install --cask libreoffice chromium && brew install poppler"
echo "沒有它們時，用到的測試會略過並說明原因 / without them the tests that use them are skipped, and say so."
[ -z "${CI:-}" ]

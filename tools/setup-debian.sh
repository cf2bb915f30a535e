#!/usr/bin/env bash
# Installs what tests need from Debian's packages: SIPp and baresip as SIP peers, Chromium as the browser.
# With --prompts also what `npm run prompts` needs: espeak-ng and sox. Silent when all is there.
# Exits 3 when something is missing that may not be installed from here.
set -u

missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$2"); }
need sipp sip-tester
need baresip baresip-core
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || missing+=(chromium)
if [ "${1:-}" = "--prompts" ]; then
  need espeak-ng espeak-ng
  need sox sox
fi
[ ${#missing[@]} -eq 0 ] && exit 0

refuse() {
  echo "Tests need programs that are not installed: ${missing[*]}"
  echo "$1"
  echo "  on Debian or Ubuntu:  sudo apt-get install -y --no-install-recommends ${missing[*]}"
  exit 3
}
command -v apt-get >/dev/null 2>&1 || refuse "This is not Debian, so they are not installed from here. Install them by hand (SIPp, baresip, Chromium)."
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  refuse "Installing them needs root. Run:"
fi

install() { ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"; }
log=$(mktemp) && trap 'rm -f "$log"' EXIT
echo "Installing ${missing[*]} …"
# Lists of packages may be old or absent on a fresh machine: they are fetched only when the first try fails.
install >"$log" 2>&1 && exit 0
{ ${as_root[@]+"${as_root[@]}"} apt-get update -q && install; } >>"$log" 2>&1 && exit 0
tail -n 15 "$log"
refuse "The installation failed (above). When it can be done, run:"

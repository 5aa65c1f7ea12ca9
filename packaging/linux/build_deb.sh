#!/usr/bin/env bash
# Builds the Debian package of the station. usage: build_deb.sh WHEEL REQUIREMENTS OUT.deb [WHEELHOUSE]
# With WHEELHOUSE (a folder of wheels, `pip download -r REQUIREMENTS -d WHEELHOUSE`) the exam-room PC needs no network to install.
set -euo pipefail
wheel=${1:?usage: build_deb.sh WHEEL REQUIREMENTS OUT.deb [WHEELHOUSE]}
requirements=${2:?usage: build_deb.sh WHEEL REQUIREMENTS OUT.deb [WHEELHOUSE]}
out=${3:?usage: build_deb.sh WHEEL REQUIREMENTS OUT.deb [WHEELHOUSE]}
wheelhouse=${4:-}
here=$(cd "$(dirname "$0")" && pwd)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
version=$(basename "$wheel" | cut -d- -f2)

install -d -m 0755 "$root/DEBIAN" "$root/usr/share/khaothi/wheels" "$root/lib/systemd/system" "$root/usr/share/doc/khaothi-station"
install -m 0644 "$wheel" "$root/usr/share/khaothi/"
install -m 0644 "$requirements" "$root/usr/share/khaothi/requirements.lock"
install -m 0644 "$here/khaothi-station.service" "$here/media-khaothi.mount" "$root/lib/systemd/system/"
install -m 0644 "$here/../README.md" "$root/usr/share/doc/khaothi-station/"
[ -z "$wheelhouse" ] || install -m 0644 "$wheelhouse"/*.whl "$root/usr/share/khaothi/wheels/"

cat > "$root/DEBIAN/control" <<CONTROL
Package: khaothi-station
Version: $version
Architecture: amd64
Maintainer: khaothi
Section: education
Priority: optional
Depends: cage, pcscd, libccid, python3 (>= 3.11), python3-venv
Description: exam station for computer-based exams with chip ID cards
 One full-screen program under a Wayland compositor for a single client: check-in with the chip of the
 national identity card and the face, and an exam that survives power loss and a cut network.
CONTROL
install -m 0755 "$here/postinst" "$here/prerm" "$root/DEBIAN/"
dpkg-deb --root-owner-group --build "$root" "$out" >/dev/null
echo "$out"

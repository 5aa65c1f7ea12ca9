#!/usr/bin/env bash
# Installs the station on an exam-room PC (Debian 12): user, folder, program, kiosk session. usage: install.sh WHEEL REQUIREMENTS
set -euo pipefail
wheel=${1:?usage: install.sh WHEEL REQUIREMENTS}
requirements=${2:?usage: install.sh WHEEL REQUIREMENTS}
here=$(cd "$(dirname "$0")" && pwd)
[ "$(id -u)" = 0 ] || { echo "run as root" >&2; exit 1; }
apt-get install -y --no-install-recommends cage pcscd libccid python3-venv
id khaothi >/dev/null 2>&1 || useradd --system --create-home --home-dir /var/lib/khaothi --groups video,input khaothi
python3 -m venv /opt/khaothi
/opt/khaothi/bin/pip install --require-hashes -r "$requirements"
/opt/khaothi/bin/pip install --no-deps "$wheel"
install -m 0644 "$here/khaothi-station.service" "$here/media-khaothi.mount" /etc/systemd/system/
systemctl daemon-reload
systemctl enable media-khaothi.mount
echo "enrol: sudo -u khaothi KHAOTHI_HOME=/var/lib/khaothi /opt/khaothi/bin/khaothi station enrol URL CODE --ca ca.pem"
echo "then:  systemctl enable khaothi-station && reboot"

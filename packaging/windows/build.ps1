# Builds the station for Windows 10/11 with PyInstaller. Untested: written without a Windows PC at hand.
# usage: .\build.ps1   (Python 3.11+, from the root of a checkout, after: pip install --require-hashes -r requirements.lock; pip install pyinstaller)
$ErrorActionPreference = "Stop"
pyinstaller --noconfirm --name khaothi --windowed `
  --collect-all fontpkg_be_vietnam_pro --collect-data station --collect-data exam_engine --collect-data reader `
  --collect-submodules station --exclude-module hardware_mocks --exclude-module proctor_node `
  --copy-metadata khaothi packaging\windows\entry.py
Write-Host "dist\khaothi: run 'khaothi.exe doctor', then 'khaothi.exe station enrol'"

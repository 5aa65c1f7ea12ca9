"""Journal, uplink, devices, kiosk."""

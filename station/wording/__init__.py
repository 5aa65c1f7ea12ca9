"""Every sentence a person reads at the station, Vietnamese and English."""

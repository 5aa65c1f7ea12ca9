"""The item bank: items as teachers write them, their keys apart, versions and review. No IO."""

"""Country codes: three letters in an MRZ, two in a certificate (ISO 3166-1, Doc 9303-3 section 5).

Only exceptions and the states met so far are listed; an unknown code is compared by nothing and stays inconclusive.
"""

from __future__ import annotations

ALPHA_2 = {
    "VNM": "VN", "UTO": "UT", "D": "DE", "AUT": "AT", "CHE": "CH", "FRA": "FR", "NLD": "NL", "BEL": "BE", "ITA": "IT",
    "ESP": "ES", "PRT": "PT", "POL": "PL", "CZE": "CZ", "SVK": "SK", "HUN": "HU", "ROU": "RO", "BGR": "BG", "GRC": "GR",
    "SWE": "SE", "NOR": "NO", "DNK": "DK", "FIN": "FI", "EST": "EE", "LVA": "LV", "LTU": "LT", "IRL": "IE", "GBR": "GB",
    "USA": "US", "CAN": "CA", "AUS": "AU", "NZL": "NZ", "JPN": "JP", "KOR": "KR", "CHN": "CN", "SGP": "SG", "MYS": "MY",
    "THA": "TH", "IDN": "ID", "PHL": "PH", "LAO": "LA", "KHM": "KH", "IND": "IN", "UKR": "UA", "TUR": "TR", "RKS": "KS",
    "EUE": "EU", "UNO": "UN",
}  # fmt: skip


def alpha_2(state: str) -> str:
    """The two letters of a certificate for the code of an MRZ, or "" if unknown."""
    return ALPHA_2.get(state.rstrip("<"), "")

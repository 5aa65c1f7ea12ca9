"""Key derivation, message authentication, and elliptic curves by their parameters."""

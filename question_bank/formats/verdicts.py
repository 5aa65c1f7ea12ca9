"""Words for true and false, as question files write them."""

from __future__ import annotations

import re

TRUE = re.compile(r"^(?:true|đúng|đ|t|yes|có|right|correct|vrai|wahr|waar|juist|ja|richtig)$", re.IGNORECASE)
FALSE = re.compile(r"^(?:false|sai|s|f|no|không|wrong|incorrect|faux|falsch|onwaar|onjuist|nee|nein)$", re.IGNORECASE)

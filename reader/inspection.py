"""The inspection procedure as a visible list of steps (Doc 9303-11 section 4, DESIGN.md section 2).

    1. unlock      EF.CardAccess, EF.ATR/INFO; PACE, or BAC where the chip has no PACE; never a silent downgrade
    2. details     EF.COM, EF.SOD, DG1, DG14, DG15, and more if asked
    3. portrait    DG2, only with consent
    4. signature   passive authentication and consistency of what was read
    5. chip        chip authentication, active authentication, PACE-CAM: is it the chip that the state issued?

Each step yields findings; whether the holder may sit is decided elsewhere. A card that leaves the reader and comes back is
opened again and read on from the byte where it stopped. The steps live in `reader.procedure`, one module each.
"""

from __future__ import annotations

from collections.abc import Callable

from reader.access_key import AccessKey
from reader.capabilities import Capabilities, CapabilityMemory
from reader.ports import CardConnection, RandomSource
from reader.procedure.course import Access, Course, FileRead, Inspection, Meter, Options, Progress, Step
from reader.procedure.outcome import judge
from reader.procedure.reading import READ_ORDER, open_first, read_file, wanted
from reader.trust import TrustStore

__all__ = ["Access", "FileRead", "Inspection", "Options", "Progress", "Step", "inspect"]


def inspect(
    connection: CardConnection,
    keys: tuple[AccessKey, ...],
    trust: TrustStore,
    options: Options,
    *,
    random: RandomSource,
    clock: Callable[[], float],
    on_progress: Callable[[Progress], None] = lambda _: None,
    wait_for_card: Callable[[], CardConnection | None] = lambda: None,
    memory: CapabilityMemory | None = None,
) -> Inspection:
    """Inspect one card.

    Args:
        connection: the card, application not yet selected.
        keys: access keys in the order in which to try them.
        trust: anchors for passive authentication.
        options: what to read.
        random: source of nonces and ephemeral keys.
        clock: steady seconds.
        on_progress: called after each chunk.
        wait_for_card: called when the card has gone; returns it again, or None to give up.
        memory: what this reader and this kind of card took before; told what they took this time.

    Raises:
        WrongKey, AccessDenied, AccessNotSupported: the chip stays closed.
        NotAnIdentityCard, CardRemoved, OtherCard, LimitExceeded, Malformed: as named.
    """
    capabilities = (memory.known() if memory is not None else None) or Capabilities()
    if not options.extended:
        capabilities.limit(0)
    meter = Meter(connection, options.limits, clock, clock())
    course = Course(meter, keys, options, trust, random, clock, on_progress, wait_for_card, capabilities)
    files = open_first(course)
    for name in READ_ORDER:
        if wanted(course, name):
            files = read_file(course, files, name)
    done = judge(course, files)
    if memory is not None:
        memory.remember(capabilities)
    return done

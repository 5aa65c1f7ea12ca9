"""The candidate's path: one input at a time in, effects out, a view at any time. It touches no device and reads no clock.

    waiting -> consent -> reading -> details -> camera -> rules -> signal -> paper -> time over -> receipt -> survey
    any of them -> wrong place | not verified | wait for the invigilator; recovered and moved in lead back to the paper

`receive` is the one way in. Events of a check-in are held back until it is known whose they are; then they go to that
attempt's record in one piece (docs/adr/0004). Consent comes before the first command to the chip and before the camera.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from station.journey import at_seat, check_in, clocks, ending, inputs, intents, node_acts, sitting, takeover
from station.journey import effects as fx
from station.journey.state import Journey


def receive(journey: Journey, item: intents.Intent | inputs.Happening, now: int) -> list[fx.Effect]:
    """What follows from one input; `now` is node time in milliseconds."""
    reaction = _REACTIONS.get(type(item))
    if reaction is None:
        raise TypeError(f"the journey knows no input {type(item).__name__}")
    return reaction(journey, item, now)


_REACTIONS: dict[type, Callable[[Journey, Any, int], list[fx.Effect]]] = {
    inputs.CardSensed: check_in.card_sensed,
    inputs.CardGone: check_in.card_gone,
    inputs.CardLost: check_in.lost,
    inputs.CardBack: check_in.back,
    inputs.ReadingAdvanced: check_in.advanced,
    inputs.CardInspected: check_in.inspected,
    inputs.CardFailed: check_in.failed,
    inputs.FaceCompared: check_in.face,
    inputs.ChallengeAdvanced: check_in.challenged,
    inputs.CameraFailed: check_in.camera_failed,
    inputs.QrScanned: check_in.qr_scanned,
    inputs.ReaderMissing: check_in.reader,
    inputs.Told: node_acts.told,
    inputs.Exchanged: node_acts.exchanged,
    inputs.FormOpened: sitting.form_opened,
    inputs.FormFailed: sitting.form_failed,
    inputs.ProofGiven: at_seat.proved,
    inputs.MirrorsFound: takeover.found,
    inputs.MirrorFailed: takeover.refused,
    inputs.MirrorTaken: takeover.taken,
    inputs.Slept: clocks.slept,
    inputs.WallClockSet: clocks.wall_clock_set,
    inputs.Tick: ending.tick,
    intents.NoCard: check_in.no_card,
    intents.Agree: check_in.consented,
    intents.TypeCardNumber: check_in.number_typed,
    intents.ScanCardQr: check_in.scan_qr,
    intents.ConfirmDetails: check_in.details_confirmed,
    intents.ReportDetails: check_in.details_reported,
    intents.CannotDoPrompt: check_in.cannot,
    intents.OpenAtSeat: at_seat.opened,
    intents.CloseAtSeat: at_seat.closed,
    intents.ProveAtSeat: at_seat.prove,
    intents.DecideAtSeat: at_seat.decided_at_seat,
    intents.ChooseMirror: takeover.chosen,
    intents.GiveHalf: takeover.half_given,
    intents.TakeOver: takeover.take,
    intents.AcceptRules: sitting.rules_accepted,
    intents.Respond: sitting.respond,
    intents.GoTo: sitting.go_to,
    intents.Flag: sitting.flag,
    intents.AskHelp: sitting.ask_help,
    intents.CancelHelp: sitting.cancel_help,
    intents.ReadMessage: sitting.message_read,
    intents.OpenReview: sitting.open_review,
    intents.CloseReview: sitting.close_review,
    intents.Submit: sitting.submit,
    intents.ContinueAttempt: sitting.go_on,
    intents.ReturnToPaper: sitting.returned,
    intents.LeftScreen: sitting.left,
    intents.LockdownNotice: sitting.noticed,
    intents.FinishReceipt: ending.receipt_done,
    intents.AnswerSurvey: ending.surveyed,
}

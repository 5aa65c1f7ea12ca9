import QtQuick
Announcement {
    id: screen
    step: 1
    code: v.message
    title: v.opens_at > 0 ? p.t("S01.early", { time: p.time(v.opens_at) }) : v.message === "T301" ? p.t("S01.no_reader") : p.t("S01.title")
    instruction: v.message !== "" ? p.code_text(v.message, {}) : v.moving ? p.t("S01.moving") : p.t("S01.text")
    Words { anchors.horizontalCenter: parent.horizontalCenter; px: 16; color: screen.p.theme.ink2; text: screen.v.frame.sbd !== "" ? screen.p.t("S01.seat", { seat: screen.v.frame.seat, sbd: screen.v.frame.sbd }) : screen.p.t("S01.seat_free", { seat: screen.v.frame.seat }) }
    PushButton { p: screen.p; anchors.horizontalCenter: parent.horizontalCenter; visible: screen.v.opens_at === 0; text: screen.p.t("S01.no_card"); onClicked: screen.p.act("NoCard") }
}

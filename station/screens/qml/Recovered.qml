import QtQuick
Announcement {
    id: screen
    pictured: false
    title: p.t("S23.title")
    code: v.torn_item ? "B101" : ""
    instruction: p.t("S23.text", { answered: v.answered, time: p.time(v.last_saved), gap: p.span(v.gap) })
    Words { visible: screen.v.opening; anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.t("S23.opening"); px: 18; color: screen.p.theme.ink2 }
    Row {
        visible: screen.v.torn_item !== null && screen.v.torn_item !== undefined; spacing: 12; anchors.horizontalCenter: parent.horizontalCenter
        Tick { kind: "warn"; side: 24; fill: screen.p.theme.warn; sign: screen.p.theme.onWarn; anchors.verticalCenter: parent.verticalCenter }
        Words { anchors.verticalCenter: parent.verticalCenter; px: 18; color: screen.p.theme.warnText; text: screen.v.torn_item ? screen.p.t("S23.torn", { part: screen.v.torn_item[0], number: screen.v.torn_item[1] }) : "" }
    }
    PushButton { p: screen.p; primary: true; focus: true; enabled: !screen.v.opening; anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.t("S23.next"); onClicked: screen.p.act("ContinueAttempt") }
}

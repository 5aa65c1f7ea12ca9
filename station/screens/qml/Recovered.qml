import QtQuick
Announcement {
    id: screen
    pictured: false
    title: p.t("S23.title")
    instruction: p.t("S23.text", { answered: v.answered, time: p.time(v.last_saved), gap: p.span(v.gap) })
    PushButton { p: screen.p; primary: true; focus: true; anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.t("S23.next"); onClicked: screen.p.act("ContinueAttempt") }
}

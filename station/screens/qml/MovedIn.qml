import QtQuick
Announcement {
    id: screen
    pictured: false
    title: p.t("S24.title")
    instruction: p.t("S24.text", { answered: v.answered, items: v.items, time: p.time(v.saved_at), left: p.span(v.remaining) })
    Words { visible: screen.v.opening; anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.t("S23.opening"); px: 18; color: screen.p.theme.ink2 }
    PushButton { p: screen.p; primary: true; focus: true; enabled: !screen.v.opening; anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.t("S23.next"); onClicked: screen.p.act("ContinueAttempt") }
}

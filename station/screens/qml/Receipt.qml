import QtQuick
Announcement {
    id: screen
    pictured: false
    title: v.code !== "" ? p.t("S20.title") : p.t("S20.waiting")
    instruction: v.code !== "" ? p.t("S20.text") : ""
    Rectangle {
        visible: screen.v.code !== ""; anchors.horizontalCenter: parent.horizontalCenter
        width: 560; height: 128; radius: 14; color: screen.p.theme.surface; border.width: 1.5; border.color: screen.p.theme.lineStrong
        Column { anchors.centerIn: parent; spacing: 4
            Words { anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.t("S20.code"); px: 16; color: screen.p.theme.ink2 }
            Words { anchors.horizontalCenter: parent.horizontalCenter; text: screen.v.code; px: 34; font.weight: 700; font.letterSpacing: 2; color: screen.p.theme.ink; wrapMode: Text.NoWrap } }
    }
    Words { anchors.horizontalCenter: parent.horizontalCenter; px: 16; color: screen.p.theme.ink2; text: screen.p.t("S20.facts", { sbd: screen.v.frame.sbd, subject: screen.v.frame.subject, code: screen.v.form_code, answered: screen.v.answered, items: screen.v.items, time: screen.p.time(screen.v.submitted_at) }) }
    PushButton { p: screen.p; primary: true; focus: true; width: 200; anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.t("S20.done"); onClicked: screen.p.act("FinishReceipt") }
}

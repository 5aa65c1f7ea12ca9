import QtQuick
Announcement {
    id: screen
    step: 1; kind: "lost"; code: "T101"
    title: p.t("S04.title")
    instruction: p.t("S04.text", { percent: v.percent })
    Rectangle {
        width: 620; height: 12; radius: 6; color: screen.p.theme.sunken; border.width: 1; border.color: screen.p.theme.line
        Rectangle { width: parent.width * screen.v.percent / 100; height: 12; radius: 6; color: screen.p.theme.brand }
    }
    Words { anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.t("S04.left", { seconds: screen.v.seconds_left }); px: 20; font.weight: 600; color: screen.p.theme.warnText }
}

import QtQuick
CheckInFrame {
    id: screen
    step: 1
    readonly property var names: ["unlock", "details", "portrait", "signature", "roster"]
    readonly property int at: v.finished ? 5 : names.indexOf(v.stage)
    Row {
        anchors.centerIn: parent; spacing: 64
        Image { width: 210; height: 280; visible: screen.v.hasPortrait; source: screen.v.hasPortrait ? "image://person/portrait/" + screen.p.serial : ""; sourceSize: Qt.size(420, 560) }
        Drawing { p: screen.p; visible: !screen.v.hasPortrait; anchors.verticalCenter: parent.verticalCenter }
        Column {
            width: 620; spacing: 16; anchors.verticalCenter: parent.verticalCenter
            Words { text: screen.v.finished ? screen.p.t("S03.done") : screen.p.t("S03.title"); px: 36; font.weight: 700; color: screen.p.theme.ink; width: parent.width; Accessible.role: Accessible.Heading }
            Rectangle {
                width: parent.width; height: 12; radius: 6; color: screen.p.theme.sunken; border.width: 1; border.color: screen.p.theme.line
                Accessible.role: Accessible.ProgressBar; Accessible.name: screen.v.percent + "%"
                Rectangle { width: parent.width * screen.v.percent / 100; height: 12; radius: 6; color: screen.p.theme.brand }
            }
            Repeater {
                model: screen.p.parts("S03.stages")
                Row {
                    required property int index
                    required property string modelData
                    spacing: 14
                    Tick { kind: index < screen.at ? "ok" : index === screen.at ? "current" : "pending"; side: 24; fill: index < screen.at ? screen.p.theme.ok : index === screen.at ? screen.p.theme.brand : screen.p.theme.lineStrong; sign: screen.p.theme.onStatus; anchors.verticalCenter: parent.verticalCenter }
                    Words { text: modelData; px: 20; color: index <= screen.at ? screen.p.theme.ink : screen.p.theme.ink2; font.weight: index === screen.at ? 600 : 400 }
                }
            }
        }
    }
}

import QtQuick

// Picture, title, one instruction, centred: the shape of most check-in screens.
CheckInFrame {
    id: screen
    property string kind: "card"
    property string title: ""
    property string instruction: ""
    property bool pictured: true
    default property alias extra: more.data
    body: [
        Column {
            anchors.centerIn: parent
            width: parent ? parent.width : 0
            spacing: 16
            Drawing { p: screen.p; kind: screen.kind; visible: screen.pictured; anchors.horizontalCenter: parent.horizontalCenter }
            Words { text: screen.title; px: 36; font.weight: 700; color: screen.p.theme.ink; width: parent.width; horizontalAlignment: Text.AlignHCenter; Accessible.role: Accessible.Heading }
            Words { text: screen.instruction; visible: text !== ""; px: Math.round(24 * screen.ui); leading: 1.58; color: screen.p.theme.ink2; width: Math.min(parent.width, 900); anchors.horizontalCenter: parent.horizontalCenter; horizontalAlignment: Text.AlignHCenter }
            Column { id: more; spacing: 16; anchors.horizontalCenter: parent.horizontalCenter }
        }
    ]
}

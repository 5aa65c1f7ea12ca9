import QtQuick

// Top bar, body, footer of S01 to S11. The body is given; one title, one instruction, buttons on the left.
FocusScope {
    id: frame
    required property QtObject p
    readonly property var v: p.view
    property int step: 0
    property string code: ""
    default property alias body: content.data
    Rectangle {
        id: bar
        width: parent.width; height: 72; color: frame.p.theme.surface
        Rectangle { anchors.bottom: parent.bottom; width: parent.width; height: 1; color: frame.p.theme.line }
        Rectangle {
            id: logo; x: 24; y: 16; width: 40; height: 40; radius: 10; color: frame.p.theme.brand
            Words { anchors.centerIn: parent; text: "KT"; px: 18; font.weight: 700; color: frame.p.theme.onBrand }
        }
        Column {
            anchors.left: logo.right; anchors.leftMargin: 16; anchors.verticalCenter: parent.verticalCenter
            Words { text: frame.v.frame.exam_name; px: 16; font.weight: 600; color: frame.p.theme.ink }
            Words { text: frame.p.t("frame.place", { shift: frame.v.frame.shift, room: frame.v.frame.room, seat: frame.v.frame.seat }); px: 14; leading: 1.57; color: frame.p.theme.ink2 }
        }
        Row {
            anchors.right: parent.right; anchors.rightMargin: 24; anchors.verticalCenter: parent.verticalCenter; spacing: 24
            Row {
                visible: frame.step > 0
                spacing: 8; anchors.verticalCenter: parent.verticalCenter
                Accessible.role: Accessible.StaticText
                Accessible.name: frame.step > 0 ? frame.p.t("frame.step", { n: frame.step, name: frame.p.parts("frame.steps")[frame.step - 1] }) : ""
                Repeater {
                    model: frame.p.parts("frame.steps")
                    Row {
                        required property int index
                        required property string modelData
                        spacing: 8
                        Rectangle { visible: index > 0; width: 20; height: 2; color: frame.p.theme.line; anchors.verticalCenter: parent.verticalCenter }
                        Tick { visible: index + 1 < frame.step; side: 20; fill: frame.p.theme.ok; sign: frame.p.theme.onStatus; anchors.verticalCenter: parent.verticalCenter }
                        Tick { visible: index + 1 >= frame.step; kind: index + 1 === frame.step ? "current" : "pending"; side: 20; fill: index + 1 === frame.step ? frame.p.theme.brand : frame.p.theme.lineStrong; anchors.verticalCenter: parent.verticalCenter }
                        Words { text: modelData; px: 16; wrapMode: Text.NoWrap; font.weight: index + 1 === frame.step ? 600 : 400; color: index + 1 === frame.step ? frame.p.theme.ink : frame.p.theme.ink2; anchors.verticalCenter: parent.verticalCenter }
                    }
                }
            }
            PushButton { p: frame.p; text: frame.p.t("frame.language"); px: 16; tall: 44; leftPadding: 16; rightPadding: 16; onClicked: frame.p.set_language(frame.p.language === "vi" ? "en" : "vi") }
        }
    }
    Item { id: content; anchors { top: bar.bottom; bottom: footer.top; horizontalCenter: parent.horizontalCenter } width: Math.min(1160, parent.width - 64) }
    Item {
        id: footer
        anchors { bottom: parent.bottom; left: parent.left; right: parent.right; leftMargin: 32; rightMargin: 32 }
        height: 68
        PushButton {
            p: frame.p; anchors.verticalCenter: parent.verticalCenter; px: 16; tall: 48
            text: frame.v.frame.help === "sent" ? frame.p.t("frame.help_sent") : frame.p.t("frame.help") + "  (F9)"
            onClicked: frame.p.act("AskHelp", ["other"])
        }
        Words { anchors.right: parent.right; anchors.verticalCenter: parent.verticalCenter; visible: frame.code !== ""; text: frame.p.t("frame.code", { code: frame.code }); px: 14; color: frame.p.theme.ink2 }
    }
    Keys.onPressed: event => { if (event.key === Qt.Key_F9) { frame.p.act("AskHelp", ["other"]); event.accepted = true } }
}

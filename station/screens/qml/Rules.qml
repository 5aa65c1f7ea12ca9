import QtQuick
CheckInFrame {
    id: screen
    step: 4
    Column {
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width; spacing: 12
        Words { text: screen.p.t("S10.title"); px: 36; font.weight: 700; color: screen.p.theme.ink; Accessible.role: Accessible.Heading }
        Rectangle {
            width: parent.width; height: rules.height + 32; radius: 14; color: screen.p.theme.surface; border.width: 1; border.color: screen.p.theme.line
            Column {
                id: rules; x: 24; y: 16; width: parent.width - 48; spacing: 6
                Repeater {
                    model: screen.v.items.length ? screen.v.items : screen.p.parts("S10.rules")
                    Row {
                        required property int index
                        required property string modelData
                        spacing: 12
                        Words { text: (index + 1) + "."; px: Math.round(18 * screen.p.scale); leading: 1.55; font.weight: 600; color: screen.p.theme.brand; width: 28 * screen.p.scale }
                        Words { text: modelData; px: Math.round(18 * screen.p.scale); leading: 1.55; color: screen.p.theme.ink; width: rules.width - 16 - 28 * screen.p.scale }
                    }
                }
            }
        }
        TickBox { id: agree; p: screen.p; padding: 12; text: screen.p.t("S10.agree"); focus: true }
        PushButton { p: screen.p; primary: true; enabled: agree.checked; text: screen.p.t("S10.next"); width: 240; onClicked: screen.p.act("AcceptRules") }
    }
}

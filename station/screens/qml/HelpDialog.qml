import QtQuick

// F9: what help is needed; one press a cause. Says whether the node was told.
Rectangle {
    id: dialog
    required property QtObject p
    required property string state_
    signal closed()
    color: "#990A101C"
    TapHandler { }
    function begin() { every.itemAt(0).forceActiveFocus() }
    Rectangle {
        anchors.centerIn: parent; width: 480; height: causes.height + 64; radius: 14; color: dialog.p.theme.surface; border.width: dialog.p.theme_name === "contrast" ? 2 : 0; border.color: dialog.p.theme.line
        Accessible.role: Accessible.Dialog; Accessible.name: dialog.p.t("help.title")
        Column {
            id: causes; x: 32; y: 32; width: parent.width - 64; spacing: 10
            Words { text: dialog.state_ === "none" ? dialog.p.t("help.title") : dialog.state_ === "sent" ? dialog.p.t("frame.help_sent") : dialog.p.t("frame.help_not_sent"); px: 24; font.weight: 600; color: dialog.p.theme.ink; width: parent.width; Accessible.role: Accessible.Heading }
            Words { visible: dialog.state_ === "sent"; text: dialog.p.t("help.carry_on"); px: 18; color: dialog.p.theme.ink2; width: parent.width }
            Repeater { id: every; model: dialog.p.parts("help.causes"); PushButton { required property int index; required property string modelData; p: dialog.p; visible: dialog.state_ === "none"; width: causes.width; tall: 52; text: modelData; onClicked: dialog.p.act("AskHelp", [["pc", "paper", "health", "leave", "other"][index]]) } }
            PushButton { p: dialog.p; visible: dialog.state_ !== "none"; width: causes.width; tall: 48; px: 16; text: dialog.p.t("help.cancel"); onClicked: { dialog.p.act("CancelHelp"); dialog.closed() } }
            PushButton { p: dialog.p; width: causes.width; tall: 48; px: 16; text: dialog.p.t("help.close"); onClicked: dialog.closed() }
        }
    }
    Keys.onEscapePressed: closed()
}

import QtQuick

// "Aa": size of the text, colours, motion, language of the interface. One panel for check-in and paper.
Rectangle {
    id: panel
    required property QtObject p
    signal closed()
    width: 400; height: look.height + 40; radius: 14; color: p.theme.surface; border.width: 1.5; border.color: p.theme.lineStrong
    Accessible.role: Accessible.Dialog; Accessible.name: p.t("look.title")
    function begin() { sizes.itemAt(0).forceActiveFocus() }
    TapHandler { }
    component Choice: PushButton { p: panel.p; px: 15; tall: 44; leftPadding: 12; rightPadding: 12; Accessible.role: Accessible.RadioButton; Accessible.checked: primary }
    component Label: Words { px: 14; leading: 1.57; font.weight: 600; color: panel.p.theme.ink2 }
    Column {
        id: look; x: 20; y: 20; width: parent.width - 40; spacing: 8
        Label { text: panel.p.t("look.size") }
        Flow { width: parent.width; spacing: 8; Repeater { id: sizes; model: [1, 1.25, 1.5, 1.75, 2]; Choice { required property real modelData; leftPadding: 8; rightPadding: 8; width: 65; primary: Math.abs(panel.p.scale - modelData) < 0.01; text: Math.round(modelData * 100) + "%"; onClicked: panel.p.set_scale(modelData) } } }
        Label { text: panel.p.t("look.theme") }
        Flow { width: parent.width; spacing: 8; Repeater { model: ["light", "dark", "contrast"]; Choice { required property string modelData; primary: panel.p.theme_name === modelData; text: panel.p.t("look." + modelData); onClicked: panel.p.set_theme(modelData) } } }
        Label { text: panel.p.t("look.language") }
        Flow { width: parent.width; spacing: 8; Repeater { model: [["vi", "Tiếng Việt"], ["en", "English"]]; Choice { required property var modelData; primary: panel.p.language === modelData[0]; text: modelData[1]; onClicked: panel.p.set_language(modelData[0]) } } }
        TickBox { id: still; p: panel.p; width: parent.width; padding: 10; px: 16; text: panel.p.t("look.still"); checked: panel.p.still; onToggled: panel.p.set_still(checked) }
        PushButton { p: panel.p; px: 16; tall: 44; width: parent.width; text: panel.p.t("help.close"); onClicked: panel.closed() }
    }
    Keys.onEscapePressed: closed()
}

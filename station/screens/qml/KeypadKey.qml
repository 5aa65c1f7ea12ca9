import QtQuick

// One key of the on-screen keypad; a key that may not follow stays there and says why when pressed.
Rectangle {
    id: key
    required property QtObject p
    required property string modelData
    property string legalKeys: ""
    signal pressed(string k)
    readonly property bool legal: modelData === "back" || modelData === "all" || legalKeys.indexOf(modelData) >= 0
    objectName: "key" + modelData
    width: modelData === "all" ? 212 : 64; height: 56; radius: 10
    color: legal ? p.theme.surface : p.theme.sunken
    border.width: 1.4; border.color: legal ? p.theme.lineStrong : p.theme.line
    Accessible.role: Accessible.Button
    Accessible.name: modelData === "all" ? p.t("paper.clear_cells") : modelData
    Accessible.onPressAction: key.pressed(modelData)
    Words { anchors.centerIn: parent; visible: key.modelData !== "back"; text: key.modelData === "all" ? key.p.t("paper.clear_cells") : key.p.cells(key.modelData); px: key.modelData === "all" ? 16 : 24; wrapMode: Text.NoWrap; font.weight: 500; color: key.legal ? key.p.theme.ink : key.p.theme.ink2; Accessible.ignored: true }
    Item {
        anchors.centerIn: parent; visible: key.modelData === "back"; width: 26; height: 20
        Rectangle { x: 4; y: 9; width: 22; height: 2.4; color: key.p.theme.ink }
        Rectangle { x: 3; y: 6; width: 10; height: 2.4; rotation: -40; color: key.p.theme.ink }
        Rectangle { x: 3; y: 12; width: 10; height: 2.4; rotation: 40; color: key.p.theme.ink }
    }
    TapHandler { onTapped: key.pressed(key.modelData) }
}

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
    border.width: legal ? 1.4 : 0; border.color: p.theme.lineStrong
    activeFocusOnTab: true
    Accessible.role: Accessible.Button; Accessible.focusable: true
    Accessible.name: p.t("key.name." + ({ "-": "minus", ",": "comma", back: "back", all: "all" }[modelData] || "digit"), { digit: modelData }) + (legal ? "" : ", " + p.t("key.not_now"))
    Keys.onSpacePressed: key.pressed(modelData)
    Keys.onReturnPressed: key.pressed(modelData)
    Keys.onEnterPressed: key.pressed(modelData)
    // A key that may not follow has a dashed border: shape, not colour.
    Image { visible: !key.legal; anchors.fill: parent; source: "image://paper/dashed/" + String(key.p.theme.lineStrong).slice(1); sourceSize: Qt.size(width, height); Accessible.ignored: true }
    Rectangle { anchors.fill: parent; anchors.margins: -5; radius: 15; color: "transparent"; border.width: 3; border.color: key.p.theme.focus; visible: key.activeFocus }
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

import QtQuick
import QtQuick.Controls.Basic

CheckBox {
    id: box
    required property QtObject p
    property int px: 18
    spacing: 16
    padding: 16
    Accessible.role: Accessible.CheckBox
    Accessible.name: text
    Accessible.checked: checked
    Keys.onReturnPressed: toggle()
    indicator: Rectangle {
        x: box.leftPadding; y: box.topPadding + 2; width: 28; height: 28; radius: 6
        color: box.checked ? box.p.theme.brand : box.p.theme.surface
        border.width: 2; border.color: box.checked ? box.p.theme.brand : box.p.theme.lineStrong
        Tick { visible: box.checked; side: 26; anchors.centerIn: parent; fill: "transparent"; sign: box.p.theme.onBrand }
    }
    contentItem: Words { leftPadding: 28 + box.spacing; text: box.text; px: box.px; leading: 1.55; color: box.p.theme.ink; Accessible.ignored: true }
    background: Rectangle {
        radius: 14; color: box.checked ? box.p.theme.brandTint : box.p.theme.surface
        border.width: box.checked ? 2 : 1; border.color: box.checked ? box.p.theme.brand : box.p.theme.lineStrong
        Rectangle { anchors.fill: parent; anchors.margins: -5; radius: 19; color: "transparent"; border.width: 3; border.color: box.p.theme.focus; visible: box.visualFocus }
    }
}

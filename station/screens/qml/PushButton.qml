import QtQuick
import QtQuick.Controls.Basic

Button {
    id: control
    required property QtObject p
    property bool primary: false
    property bool danger: false
    property int px: 18
    property int tall: 56
    implicitHeight: tall
    leftPadding: 24; rightPadding: 24
    font.family: "Be Vietnam Pro"; font.pixelSize: px; font.weight: primary ? 600 : 500
    Accessible.role: Accessible.Button
    Accessible.name: text
    Keys.onReturnPressed: if (enabled) clicked()
    Keys.onEnterPressed: if (enabled) clicked()
    contentItem: Text {
        text: control.text; font: control.font
        color: !control.enabled ? control.p.theme.lineStrong : control.primary ? control.p.theme.onBrand
               : control.danger ? control.p.theme.badText : control.p.theme.ink
        horizontalAlignment: Text.AlignHCenter; verticalAlignment: Text.AlignVCenter
        elide: Text.ElideRight
    }
    background: Item {
        Rectangle {
            anchors.fill: parent; radius: 10
            color: !control.enabled ? control.p.theme.sunken : control.primary
                   ? (control.down ? control.p.theme.brandPressed : control.p.theme.brand)
                   : control.down ? control.p.theme.brandTint : control.p.theme.surface
            border.width: control.primary && control.enabled ? 0 : 1.5
            border.color: control.enabled ? (control.danger ? control.p.theme.badText : control.p.theme.lineStrong) : control.p.theme.line
        }
        Rectangle {
            anchors.fill: parent; anchors.margins: -5; radius: 15; color: "transparent"
            border.width: 3; border.color: control.p.theme.focus; visible: control.visualFocus
        }
    }
}

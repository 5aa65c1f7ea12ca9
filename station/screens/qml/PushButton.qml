import QtQuick
import QtQuick.Controls.Basic

Button {
    id: control
    required property QtObject p
    property bool primary: false
    property bool danger: false
    property int px: 18
    property int tall: 56
    property string sign: ""
    property bool signLast: false
    readonly property color ink: !enabled ? p.theme.ink2 : primary ? p.theme.onBrand : danger ? p.theme.badText : p.theme.ink
    implicitHeight: tall
    leftPadding: 24; rightPadding: 24
    font.family: "Be Vietnam Pro"; font.pixelSize: px; font.weight: primary ? 600 : 500
    Accessible.role: Accessible.Button
    Accessible.name: text
    // High contrast has one ink: what cannot be pressed yet is told by a paler label and a hairline.
    readonly property bool faint: !enabled && p.theme_name === "contrast"
    Keys.onReturnPressed: if (enabled) clicked()
    Keys.onEnterPressed: if (enabled) clicked()
    contentItem: Item {
        opacity: control.faint ? 0.55 : 1
        implicitWidth: label.implicitWidth + (control.sign === "" ? 0 : label.text === "" ? 20 : 30); implicitHeight: label.implicitHeight
        Row {
            id: line
            anchors.centerIn: parent; spacing: 10
            layoutDirection: control.signLast ? Qt.RightToLeft : Qt.LeftToRight
            Icon { visible: control.sign !== ""; kind: control.sign; ink: control.ink; anchors.verticalCenter: parent.verticalCenter }
            Text { id: label; visible: text !== ""; text: control.text; font: control.font; color: control.ink; Accessible.ignored: true
                width: Math.min(implicitWidth, control.availableWidth - (control.sign !== "" ? 30 : 0)); elide: Text.ElideRight }
        }
    }
    background: Item {
        Rectangle {
            anchors.fill: parent; radius: 10
            color: !control.enabled ? control.p.theme.sunken : control.primary
                   ? (control.down ? control.p.theme.brandPressed : control.p.theme.brand)
                   : control.down ? control.p.theme.brandTint : control.p.theme.surface
            border.width: control.faint ? 0.5 : control.primary && control.enabled ? 0 : 1.5
            border.color: control.danger && control.enabled ? control.p.theme.badText : control.p.theme.lineStrong
        }
        Rectangle {
            anchors.fill: parent; anchors.margins: -5; radius: 15; color: "transparent"
            border.width: 3; border.color: control.p.theme.focus; visible: control.visualFocus
        }
    }
}

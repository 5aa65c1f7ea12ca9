import QtQuick
import QtQuick.Controls.Basic
TextField {
    id: field
    required property QtObject p
    property string label: ""
    implicitHeight: 52; leftPadding: 16
    font.family: "Be Vietnam Pro"; font.pixelSize: 20
    color: p.theme.ink; placeholderText: label; placeholderTextColor: p.theme.ink2
    Accessible.role: Accessible.EditableText
    Accessible.name: label
    background: Rectangle { radius: 10; color: field.p.theme.surface; border.width: field.activeFocus ? 3 : 1.5; border.color: field.activeFocus ? field.p.theme.focus : field.p.theme.lineStrong }
}

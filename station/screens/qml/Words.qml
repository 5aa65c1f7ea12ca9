import QtQuick

// Text with the project's line height: stacked Vietnamese marks need 1.5.
Text {
    property int px: 18
    property real leading: 1.5
    font.family: "Be Vietnam Pro"
    font.pixelSize: px
    lineHeightMode: Text.FixedHeight
    lineHeight: Math.round(px * leading)
    wrapMode: Text.WordWrap
    textFormat: Text.PlainText
    Accessible.role: Accessible.StaticText
    Accessible.name: text
}

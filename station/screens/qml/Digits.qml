import QtQuick

// A clock in cells: the font has no tabular figures, so each sign has its own place.
Row {
    id: digits
    property string text: "00:00:00"
    property int px: 24
    property color ink: "#14213D"
    Accessible.role: Accessible.StaticText
    Accessible.name: text
    Repeater {
        model: digits.text.length
        Text {
            required property int index
            width: digits.text[index] === ":" ? digits.px * 0.34 : digits.px * 0.72
            text: digits.text[index]; color: digits.ink
            font.family: "Be Vietnam Pro"; font.pixelSize: digits.px; font.weight: 600
            horizontalAlignment: Text.AlignHCenter
            Accessible.ignored: true
        }
    }
}

import QtQuick

// Text, formulas and figures, set by Python for the width given; each run has its place.
Item {
    id: content
    required property QtObject p
    property var pieces: []
    property int px: 20
    property int weight: 400
    property real maximum: 600
    property color ink: p.theme.ink
    readonly property var laid: p.set_type(pieces, px, maximum, weight)
    width: laid.width; height: laid.height
    function inked() { return String(ink).replace("#", "").slice(-6) }
    Accessible.role: Accessible.StaticText
    Accessible.name: pieces.map(x => x.kind === "text" ? x.text : x.kind === "break" ? " " : x.alt).join("")
    Repeater {
        model: content.laid.runs
        Item {
            required property var modelData
            x: modelData.x; y: modelData.y; width: modelData.w; height: modelData.h
            Text { visible: modelData.kind === "text"; text: modelData.text || ""; color: content.ink; font.family: "Be Vietnam Pro"; font.pixelSize: modelData.px || content.px; font.weight: modelData.bold ? 700 : content.weight; font.italic: modelData.italic || false; font.underline: modelData.underline || false; font.strikeout: modelData.strike || false; Accessible.ignored: true }
            Rectangle { visible: modelData.kind === "box"; anchors.fill: parent; color: modelData.header ? content.p.theme.sunken : "transparent"; border.width: 1; border.color: content.p.theme.lineStrong }
            Rectangle { visible: modelData.kind === "picture"; anchors.fill: parent; anchors.margins: -6; radius: 8; color: "#FFFFFF"; border.width: 1; border.color: content.p.theme.line }
            Image {
                readonly property bool drawn: modelData.kind === "formula" || modelData.kind === "picture"
                visible: drawn; anchors.fill: parent; smooth: true
                source: !drawn ? "" : "image://paper/" + modelData.sha256 + "/" + (modelData.kind === "picture" ? "14213D" : content.inked())
                sourceSize: Qt.size(Math.ceil(modelData.w * 2), Math.ceil(modelData.h * 2))
                Accessible.role: Accessible.Graphic; Accessible.name: modelData.alt || ""
                Accessible.ignored: modelData.kind !== "picture"
            }
        }
    }
}

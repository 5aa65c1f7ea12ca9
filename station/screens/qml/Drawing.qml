import QtQuick
import QtQuick.Shapes

// The picture of a check-in screen: card onto reader, raised hand, card in question.
Item {
    id: drawing
    required property QtObject p
    property string kind: "card"
    width: 280; height: 210
    Accessible.ignored: true
    Rectangle { // the reader
        visible: drawing.kind === "card" || drawing.kind === "lost"
        x: 40; y: 150; width: 200; height: 44; radius: 12; color: drawing.p.theme.sunken; border.width: 2; border.color: drawing.p.theme.lineStrong
        Rectangle { x: 20; y: 20; width: 160; height: 4; radius: 2; color: drawing.p.theme.brand }
    }
    Rectangle { // the card
        visible: drawing.kind !== "hand"
        x: drawing.kind === "lost" ? 84 : 62; y: drawing.kind === "lost" ? 6 : drawing.kind === "card" ? 34 : 46
        width: 156; height: 98; radius: 10; rotation: drawing.kind === "lost" ? 10 : 0
        color: drawing.p.theme.surface; border.width: 2.5; border.color: drawing.p.theme.brand
        Rectangle { x: 14; y: 16; width: 34; height: 44; radius: 4; color: drawing.p.theme.answered }
        Rectangle { x: 60; y: 20; width: 78; height: 6; radius: 3; color: drawing.p.theme.line }
        Rectangle { x: 60; y: 34; width: 62; height: 6; radius: 3; color: drawing.p.theme.line }
        Rectangle { x: 106; y: 58; width: 32; height: 24; radius: 4; color: "#E3B341" }
        Rectangle { x: 14; y: 74; width: 70; height: 6; radius: 3; color: drawing.p.theme.line }
    }
    Shape { // arrow down onto the reader
        visible: drawing.kind === "card" || drawing.kind === "lost"
        x: 128; y: 134; width: 24; height: 16
        ShapePath { fillColor: drawing.p.theme.brand; strokeWidth: 0; strokeColor: "transparent"; startX: 0; startY: 0; PathLine { x: 24; y: 0 } PathLine { x: 12; y: 13 } PathLine { x: 0; y: 0 } }
    }
    Shape { // a raised hand
        visible: drawing.kind === "hand"
        x: 75; y: 0; width: 130; height: 210
        ShapePath {
            fillColor: drawing.p.theme.brandTint; strokeColor: drawing.p.theme.brand; strokeWidth: 4; joinStyle: ShapePath.RoundJoin
            startX: 38; startY: 206
            PathLine { x: 38; y: 150 } PathLine { x: 8; y: 112 }
            PathArc { x: 24; y: 96; radiusX: 11; radiusY: 11 }
            PathLine { x: 38; y: 108 } PathLine { x: 38; y: 34 }
            PathArc { x: 58; y: 34; radiusX: 10; radiusY: 10 }
            PathLine { x: 58; y: 20 }
            PathArc { x: 78; y: 20; radiusX: 10; radiusY: 10 }
            PathLine { x: 78; y: 30 }
            PathArc { x: 98; y: 34; radiusX: 10; radiusY: 10 }
            PathLine { x: 98; y: 52 }
            PathArc { x: 117; y: 54; radiusX: 9.5; radiusY: 9.5 }
            PathLine { x: 117; y: 116 }
            PathQuad { x: 96; y: 158; controlX: 117; controlY: 142 }
            PathLine { x: 96; y: 206 }
        }
        ShapePath { strokeColor: drawing.p.theme.brand; strokeWidth: 3; fillColor: "transparent"; startX: 58; startY: 40; PathLine { x: 58; y: 98 } }
        ShapePath { strokeColor: drawing.p.theme.brand; strokeWidth: 3; fillColor: "transparent"; startX: 78; startY: 40; PathLine { x: 78; y: 98 } }
        ShapePath { strokeColor: drawing.p.theme.brand; strokeWidth: 3; fillColor: "transparent"; startX: 98; startY: 56; PathLine { x: 98; y: 102 } }
    }
}

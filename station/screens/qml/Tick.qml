import QtQuick
import QtQuick.Shapes

// A tick, a warning triangle or a hollow circle: drawn, because the font has no symbols.
Item {
    id: mark
    property string kind: "ok"
    property color fill: "#1B8550"
    property color sign: "#FFFFFF"
    property int side: 24
    width: side; height: side
    Accessible.ignored: true
    Shape {
        visible: mark.kind === "ok"
        width: 24; height: 24; scale: mark.side / 24; transformOrigin: Item.TopLeft
        ShapePath {
            fillColor: mark.fill; strokeWidth: 0; strokeColor: "transparent"
            PathAngleArc { centerX: 12; centerY: 12; radiusX: 11; radiusY: 11; startAngle: 0; sweepAngle: 360 }
        }
        ShapePath {
            strokeColor: mark.sign; strokeWidth: 2.4; fillColor: "transparent"; capStyle: ShapePath.RoundCap; joinStyle: ShapePath.RoundJoin
            startX: 7; startY: 12.4
            PathLine { x: 10.6; y: 16 } PathLine { x: 17; y: 8.6 }
        }
    }
    Rectangle { visible: mark.kind === "pending"; anchors.fill: parent; anchors.margins: 2; radius: width / 2; color: "transparent"; border.width: 2; border.color: mark.fill }
    Rectangle { visible: mark.kind === "current"; anchors.fill: parent; anchors.margins: 2; radius: width / 2; color: "transparent"; border.width: 5; border.color: mark.fill }
    Shape {
        visible: mark.kind === "warn"
        width: 24; height: 24; scale: mark.side / 24; transformOrigin: Item.TopLeft
        ShapePath {
            fillColor: mark.fill; strokeWidth: 0; strokeColor: "transparent"
            startX: 12; startY: 2
            PathLine { x: 23; y: 21.5 } PathLine { x: 1; y: 21.5 } PathLine { x: 12; y: 2 }
        }
        ShapePath { strokeColor: mark.sign; strokeWidth: 2.4; capStyle: ShapePath.RoundCap; startX: 12; startY: 9; PathLine { x: 12; y: 14.2 } }
        ShapePath { strokeColor: mark.sign; strokeWidth: 2.6; capStyle: ShapePath.RoundCap; startX: 12; startY: 18; PathLine { x: 12; y: 18.1 } }
    }
    Shape {
        visible: mark.kind === "bad"
        width: 24; height: 24; scale: mark.side / 24; transformOrigin: Item.TopLeft
        ShapePath {
            fillColor: mark.fill; strokeWidth: 0; strokeColor: "transparent"; startX: 7.5; startY: 1
            PathLine { x: 16.5; y: 1 } PathLine { x: 23; y: 7.5 } PathLine { x: 23; y: 16.5 } PathLine { x: 16.5; y: 23 } PathLine { x: 7.5; y: 23 } PathLine { x: 1; y: 16.5 } PathLine { x: 1; y: 7.5 } PathLine { x: 7.5; y: 1 }
        }
        ShapePath { strokeColor: mark.sign; strokeWidth: 2.4; capStyle: ShapePath.RoundCap; startX: 8; startY: 8; PathLine { x: 16; y: 16 } PathMove { x: 16; y: 8 } PathLine { x: 8; y: 16 } }
    }
    Rectangle { visible: mark.kind === "info"; anchors.fill: parent; anchors.margins: 1; radius: 4; color: mark.fill; Rectangle { anchors.centerIn: parent; width: 3; height: parent.height * 0.5; radius: 1.5; color: mark.sign } }
    Shape {
        visible: mark.kind === "flag"
        width: 24; height: 24; scale: mark.side / 24; transformOrigin: Item.TopLeft
        ShapePath {
            fillColor: mark.fill; strokeWidth: 0; strokeColor: "transparent"
            startX: 5; startY: 3
            PathLine { x: 20; y: 3 } PathLine { x: 16; y: 8 } PathLine { x: 20; y: 13 } PathLine { x: 8; y: 13 } PathLine { x: 8; y: 22 } PathLine { x: 5; y: 22 } PathLine { x: 5; y: 3 }
        }
    }
}

import QtQuick
import QtQuick.Shapes

// Drawn signs on a 24 grid with a 2 px stroke: the font has none.
Item {
    id: icon
    property string kind: ""
    property color ink: "#14213D"
    property int side: 20
    width: side; height: side
    Accessible.ignored: true
    readonly property var paths: ({
        left: "M 20 12 L 4 12 M 11 5 L 4 12 L 11 19",
        right: "M 4 12 L 20 12 M 13 5 L 20 12 L 13 19",
        flag: "M 5 22 L 5 3 L 20 3 L 16 8.5 L 20 14 L 5 14",
        clear: "M 5 5 L 19 19 M 19 5 L 5 19",
        hand: "M 7 13 L 7 6 Q 7 4.6 8.3 4.6 Q 9.6 4.6 9.6 6 L 9.6 11 L 9.6 3.6 Q 9.6 2.2 11 2.2 Q 12.4 2.2 12.4 3.6 L 12.4 11 L 12.4 4.4 Q 12.4 3 13.7 3 Q 15 3 15 4.4 L 15 11.5 L 15 6.8 Q 15 5.6 16.3 5.6 Q 17.6 5.6 17.6 7 L 17.6 15 Q 17.6 21.6 12 21.6 Q 8.4 21.6 6.6 18 L 3.8 13.4 Q 3 11.8 4.3 11.4 Q 5.4 11.1 7 13",
        list: "M 9 6 L 20 6 M 9 12 L 20 12 M 9 18 L 20 18 M 4 6 L 4.2 6 M 4 12 L 4.2 12 M 4 18 L 4.2 18",
        zoom: "M 4 9 L 4 4 L 9 4 M 15 4 L 20 4 L 20 9 M 20 15 L 20 20 L 15 20 M 9 20 L 4 20 L 4 15",
        exit: "M 10 4 L 4 4 L 4 20 L 10 20 M 9 12 L 21 12 M 16 7 L 21 12 L 16 17",
        pause: "M 8 5 L 8 19 M 16 5 L 16 19"
    })
    Shape {
        width: 24; height: 24; scale: icon.side / 24; transformOrigin: Item.TopLeft
        ShapePath { strokeColor: icon.ink; strokeWidth: 2; fillColor: "transparent"; capStyle: ShapePath.RoundCap; joinStyle: ShapePath.RoundJoin; PathSvg { path: icon.paths[icon.kind] || "" } }
    }
}

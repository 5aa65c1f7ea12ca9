import QtQuick
import QtQuick.Shapes
CheckInFrame {
    id: screen
    step: 3
    property int beat: 0
    Timer { interval: 66; running: true; repeat: true; onTriggered: screen.beat++ }
    Row {
        anchors.centerIn: parent; spacing: 48
        Rectangle {
            width: 560; height: 420; radius: 14; color: screen.p.theme.sunken; clip: true
            Image { anchors.fill: parent; fillMode: Image.PreserveAspectCrop; cache: false; source: "image://person/live/" + screen.p.serial + "-" + screen.beat; sourceSize: Qt.size(640, 480); Accessible.ignored: true }
            Shape {
                anchors.fill: parent
                ShapePath {
                    strokeColor: screen.v.matched ? screen.p.theme.ok : "#FFFFFF"; strokeWidth: 5; fillColor: "transparent"
                    PathAngleArc { centerX: 280; centerY: 205; radiusX: 125; radiusY: 165; startAngle: 0; sweepAngle: 360 }
                }
            }
            Shape {
                // On the side the candidate turns to: the picture is mirrored, so their left is on the left.
                visible: screen.v.prompt === "left" || screen.v.prompt === "right"
                x: screen.v.prompt === "left" ? 28 : 460; y: 173; width: 72; height: 64
                rotation: screen.v.prompt === "left" ? 180 : 0
                ShapePath {
                    strokeColor: "#FFFFFF"; strokeWidth: 3; fillColor: screen.p.theme.brand
                    PathPolyline { path: [Qt.point(0, 22), Qt.point(36, 22), Qt.point(36, 4), Qt.point(72, 32), Qt.point(36, 60), Qt.point(36, 42), Qt.point(0, 42), Qt.point(0, 22)] }
                }
            }
            Rectangle { anchors.fill: parent; radius: 14; color: "transparent"; border.width: 2; border.color: screen.p.theme.lineStrong }
        }
        Column {
            width: 500; spacing: 18; anchors.verticalCenter: parent.verticalCenter
            Row {
                spacing: 14
                Tick { visible: screen.v.matched; side: 40; fill: screen.p.theme.ok; sign: screen.p.theme.onStatus }
                Words { width: 440; text: screen.v.matched ? screen.p.t("S08.matched") : screen.p.t("S08." + screen.v.prompt); px: 36; font.weight: 700; color: screen.p.theme.ink; Accessible.role: Accessible.Heading }
            }
            Words { width: parent.width; text: screen.v.hint !== "" ? screen.p.t("S08.hint." + screen.v.hint) : screen.p.t("S08.text"); px: 24; leading: 1.58; color: screen.p.theme.ink2 }
            Words {
                visible: screen.v.steps > 0; px: 18; color: screen.p.theme.ink2
                text: screen.p.t(screen.v.seconds_left > 0 ? "S08.progress" : "S08.step", { step: Math.max(1, screen.v.step), steps: screen.v.steps, seconds: screen.v.seconds_left })
            }
            Words { text: screen.p.t("S08.tries", { attempt: screen.v.attempt, attempts: screen.v.attempts }); px: 18; color: screen.p.theme.ink2 }
            PushButton { p: screen.p; text: screen.p.t("S08.cannot"); onClicked: screen.p.act("CannotDoPrompt") }
        }
    }
}

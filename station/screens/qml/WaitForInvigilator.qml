import QtQuick
Announcement {
    id: screen
    readonly property bool numbered: v.code === "T202" && v.state === "waiting"
    readonly property bool scanning: numbered && v.scan === "looking"
    property int beat: 0
    kind: "hand"; code: v.code; step: 1; pictured: !scanning && !(numbered && p.scale > 1)
    title: scanning ? p.t("S09.scan") : v.state === "admitted" ? p.t("S09.admitted") : v.state === "refused" ? p.t("S09.refused") : p.t("S09.title")
    instruction: v.state !== "waiting" || scanning ? "" : v.told ? p.t("S09.text", { time: p.time(v.told_at) }) : p.t("S09.not_told")
    Timer { interval: 66; running: screen.scanning; repeat: true; onTriggered: screen.beat++ }
    Words { visible: screen.v.code !== "" && text !== "" && screen.v.state === "waiting" && !screen.scanning; anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.code_text(screen.v.code, {}); px: 18; color: screen.p.theme.ink; width: 900; horizontalAlignment: Text.AlignHCenter }
    Rectangle {
        visible: screen.scanning; anchors.horizontalCenter: parent.horizontalCenter
        width: 480; height: 360; radius: 14; color: screen.p.theme.sunken; clip: true
        Image { anchors.fill: parent; fillMode: Image.PreserveAspectCrop; cache: false; source: screen.scanning ? "image://person/live/" + screen.p.serial + "-" + screen.beat : ""; sourceSize: Qt.size(640, 480); Accessible.ignored: true }
        Rectangle { anchors.centerIn: parent; width: 220; height: 220; radius: 10; color: "transparent"; border.width: 4; border.color: "#FFFFFF" }
        Rectangle { anchors.fill: parent; radius: 14; color: "transparent"; border.width: 2; border.color: screen.p.theme.lineStrong }
    }
    Words { visible: screen.numbered && text !== ""; anchors.horizontalCenter: parent.horizontalCenter; width: 900; horizontalAlignment: Text.AlignHCenter; px: 18; color: screen.p.theme.ink; text: screen.scanning ? screen.p.t("S09.scan_hint") : screen.v.scan === "not_seen" ? screen.p.t("S09.scan_not_seen") : screen.v.number_note !== "" ? screen.p.t("S09.number_" + screen.v.number_note) : "" }
    Row {
        visible: screen.numbered && !screen.scanning; spacing: 12; anchors.horizontalCenter: parent.horizontalCenter
        Field { id: number; p: screen.p; width: 560; label: screen.p.t("S09.number"); inputMethodHints: Qt.ImhDigitsOnly; onAccepted: screen.p.act("TypeCardNumber", [text]) }
        PushButton { p: screen.p; primary: true; text: screen.p.t("S09.read"); enabled: number.text.length >= 12; onClicked: screen.p.act("TypeCardNumber", [number.text]) }
    }
    PushButton { visible: screen.numbered; anchors.horizontalCenter: parent.horizontalCenter; p: screen.p; text: screen.p.t(screen.scanning ? "S09.scan_stop" : "S09.scan"); onClicked: screen.p.act("ScanCardQr") }
}

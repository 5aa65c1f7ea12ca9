import QtQuick
CheckInFrame {
    id: screen
    step: 4
    code: v.error
    Column {
        anchors.centerIn: parent; width: parent.width; spacing: 20
        Digits { anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.span(Math.max(0, screen.v.seconds_left) * 1000); px: 72; ink: screen.p.theme.ink }
        Words { text: screen.v.opening ? screen.p.t("S11.opening") : screen.p.t("S11.title"); px: 36; font.weight: 700; color: screen.p.theme.ink; width: parent.width; horizontalAlignment: Text.AlignHCenter; Accessible.role: Accessible.Heading }
        Words { text: screen.v.error !== "" ? screen.p.code_text(screen.v.error, {}) : screen.v.seconds_left < 0 ? screen.p.t("S11.late") : screen.p.t("S11.text", { time: screen.p.time(screen.v.planned_start) }); px: 24; leading: 1.58; color: screen.p.theme.ink2; width: parent.width; horizontalAlignment: Text.AlignHCenter }
        Row {
            anchors.horizontalCenter: parent.horizontalCenter; spacing: 16
            Repeater {
                model: [[screen.p.t("S11.card"), true], [screen.v.manual_identity ? screen.p.t("S11.manual") : screen.p.t("S11.face"), true], [screen.p.t("S11.form"), screen.v.form_here], [screen.p.t("S11.link"), screen.v.frame.online]]
                Rectangle {
                    required property var modelData
                    width: line.width + 40; height: 52; radius: 26; color: modelData[1] ? screen.p.theme.okTint : screen.p.theme.warnTint
                    Row { id: line; x: 20; anchors.verticalCenter: parent.verticalCenter; spacing: 10
                        Tick { kind: modelData[1] ? "ok" : "warn"; side: 22; fill: modelData[1] ? screen.p.theme.ok : screen.p.theme.warn; sign: modelData[1] ? screen.p.theme.onStatus : screen.p.theme.onWarn; anchors.verticalCenter: parent.verticalCenter }
                        Words { text: modelData[0]; px: 17; wrapMode: Text.NoWrap; color: modelData[1] ? screen.p.theme.okText : screen.p.theme.warnText; anchors.verticalCenter: parent.verticalCenter } }
                }
            }
        }
    }
}

import QtQuick
Announcement {
    id: screen
    kind: "hand"; code: v.code; step: 1
    title: v.state === "admitted" ? p.t("S09.admitted") : v.state === "refused" ? p.t("S09.refused") : p.t("S09.title")
    instruction: v.state !== "waiting" ? "" : v.told ? p.t("S09.text", { time: p.time(v.told_at) }) : p.t("S09.not_told")
    Words { visible: screen.v.code !== "" && text !== "" && screen.v.state === "waiting"; anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.code_text(screen.v.code, {}); px: 18; color: screen.p.theme.ink; width: 900; horizontalAlignment: Text.AlignHCenter }
    Row {
        visible: screen.v.code === "T202"; spacing: 12; anchors.horizontalCenter: parent.horizontalCenter
        Field { id: number; p: screen.p; width: 560; label: screen.p.t("S09.number"); inputMethodHints: Qt.ImhDigitsOnly; onAccepted: screen.p.act("TypeCardNumber", [text]) }
        PushButton { p: screen.p; primary: true; text: screen.p.t("S09.read"); enabled: number.text.length >= 12; onClicked: screen.p.act("TypeCardNumber", [number.text]) }
    }
}

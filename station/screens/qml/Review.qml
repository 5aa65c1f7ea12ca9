import QtQuick
Rectangle {
    id: screen
    required property QtObject p
    readonly property var v: p.view
    color: p.theme.page
    Rectangle {
        anchors.centerIn: parent; width: 680; height: body.height + 72; radius: 14; color: screen.p.theme.surface; border.width: 1; border.color: screen.p.theme.line
        Column {
            id: body; x: 36; y: 36; width: 608; spacing: 16
            Words { text: screen.v.allowed ? screen.p.t("S18.allowed") : screen.p.t("S18.locked"); px: 32; font.weight: 700; color: screen.p.theme.ink; Accessible.role: Accessible.Heading }
            Words { width: parent.width; px: 18; leading: 1.55; color: screen.p.theme.ink2; text: screen.v.allowed ? screen.p.t("S18.allowed_text", { open: screen.v.incomplete.length, flagged: screen.v.flagged }) : screen.p.t("S18.locked_text", { time: screen.p.time(screen.v.closes_at) }) }
            Words { visible: screen.v.incomplete.length === 0; text: screen.p.t("S18.none_open"); px: 18; color: screen.p.theme.okText }
            Flow {
                width: parent.width; spacing: 10
                Repeater {
                    model: screen.v.incomplete.slice(0, 12)
                    PushButton {
                        required property var modelData
                        p: screen.p; px: 15; tall: 44; leftPadding: 14; rightPadding: 14
                        text: screen.p.t("S18.item", { part: modelData[1], number: modelData[2] }) + (modelData[3] === "" ? "" : " – " + (modelData[3] === "incomplete" ? screen.p.t("S18.incomplete") : screen.p.t("S18.lacks", { letters: modelData[3] })))
                        onClicked: screen.p.act("GoTo", [modelData[0]])
                    }
                }
            }
            TickBox { id: sure; p: screen.p; visible: screen.v.allowed; width: parent.width; padding: 12; text: screen.p.t("S18.understood") }
            Row { spacing: 12
                PushButton { p: screen.p; danger: true; visible: screen.v.allowed; enabled: sure.checked; text: screen.p.t("S18.submit"); onClicked: screen.p.act("Submit") }
                PushButton { p: screen.p; primary: true; focus: true; text: screen.p.t("S18.back"); onClicked: screen.p.act("CloseReview") }
            }
        }
    }
    Keys.onEscapePressed: p.act("CloseReview")
}

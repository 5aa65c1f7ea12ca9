import QtQuick
import QtQuick.Controls.Basic

// S18: what is still open, each with a way back to it; the safe button has the focus.
FocusScope {
    id: screen
    required property QtObject p
    readonly property var v: p.view
    readonly property real ui: Math.min(1.5, p.scale)
    Rectangle { anchors.fill: parent; color: screen.p.theme.page }
    PracticeBand { id: practice; p: screen.p; shown: screen.v.frame.practice; width: parent.width }
    Rectangle {
        anchors.centerIn: parent; width: Math.min(680 * (screen.p.scale > 1.25 ? 1.3 : 1), parent.width - 64); height: Math.min(parent.height - 64, head.height + list.contentHeight + foot.height + 88); radius: 14; color: screen.p.theme.surface; border.width: screen.p.theme_name === "contrast" ? 2 : 1; border.color: screen.p.theme.line
        Accessible.role: Accessible.Dialog; Accessible.name: title.text
        Column {
            id: head; x: 36; y: 28; width: parent.width - 72; spacing: 12
            Words { id: title; width: parent.width; text: screen.v.allowed ? screen.p.t("S18.allowed") : screen.p.t("S18.locked"); px: 32; font.weight: 700; color: screen.p.theme.ink; Accessible.role: Accessible.Heading }
            Words { width: parent.width; px: Math.round(18 * screen.ui); leading: 1.55; color: screen.p.theme.ink2; text: screen.v.allowed ? screen.p.t("S18.allowed_text", { open: screen.v.incomplete.length, flagged: screen.v.flagged }) : screen.p.t("S18.locked_text", { time: screen.p.time(screen.v.closes_at) }) }
            Words { visible: screen.v.incomplete.length === 0; text: screen.p.t("S18.none_open"); px: Math.round(18 * screen.ui); color: screen.p.theme.okText; width: parent.width }
        }
        Flickable {
            id: list
            anchors { left: head.left; right: head.right; top: head.bottom; bottom: foot.top; topMargin: 16; bottomMargin: 16 }
            contentHeight: flow.height; clip: true; boundsBehavior: Flickable.StopAtBounds
            ScrollBar.vertical: ScrollBar { policy: list.contentHeight > list.height + 1 ? ScrollBar.AlwaysOn : ScrollBar.AlwaysOff }
            Flow {
                id: flow
                x: 6; y: 6; width: parent.width - 24; spacing: 10; bottomPadding: 12
                Repeater {
                    model: screen.v.incomplete
                    PushButton {
                        required property var modelData
                        p: screen.p; px: Math.round(15 * screen.ui); tall: 48; leftPadding: 14; rightPadding: 14
                        text: screen.p.t("S18.item", { part: modelData[1], number: modelData[2] }) + (modelData[3] === "" ? "" : " – " + (modelData[3] === "incomplete" ? screen.p.t("S18.incomplete") : screen.p.t("S18.lacks", { letters: modelData[3] })))
                        onClicked: screen.p.act("GoTo", [modelData[0]])
                    }
                }
            }
        }
        Column {
            id: foot
            anchors { left: head.left; right: head.right; bottom: parent.bottom; bottomMargin: 28 } spacing: 16
            TickBox { id: sure; p: screen.p; visible: screen.v.allowed; width: parent.width; padding: 12; px: Math.round(18 * screen.ui); text: screen.p.t("S18.understood") }
            Flow { width: parent.width; spacing: 12
                PushButton { p: screen.p; danger: true; visible: screen.v.allowed; enabled: sure.checked; text: screen.p.t("S18.submit"); onClicked: screen.p.act("Submit") }
                PushButton { p: screen.p; primary: true; focus: true; text: screen.p.t("S18.back"); onClicked: screen.p.act("CloseReview") }
            }
        }
    }
    Keys.onEscapePressed: p.act("CloseReview")
}

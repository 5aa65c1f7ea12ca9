import QtQuick
import QtQuick.Controls.Basic

// S24b: two officials take an attempt over while the node is out of reach. For them, not for the candidate.
CheckInFrame {
    id: screen
    readonly property bool ready: v.chosen !== "" && v.given.length >= 2 && v.error !== "seat_not_free"
    function give() { screen.p.act("GiveHalf", [half.text]); half.text = "" }
    Row {
        anchors.centerIn: parent; spacing: screen.narrow ? 24 : 40
        Column {
            width: screen.narrow ? 300 : 380; spacing: 12
            Words { width: parent.width; text: screen.p.t("S24b.mirrors"); px: 20; font.weight: 600; color: screen.p.theme.ink }
            Words { width: parent.width; visible: screen.v.mirrors.length === 0; text: screen.p.t("S24b.no_mirror"); px: 18; color: screen.p.theme.ink2 }
            // A room has as many mirrors as PCs: they are let scroll, the one chosen is filled.
            Flickable {
                width: parent.width; height: Math.min(320, seats.height); contentHeight: seats.height; clip: contentHeight > height; boundsBehavior: Flickable.StopAtBounds
                ScrollBar.vertical: ScrollBar { policy: seats.height > 320 ? ScrollBar.AlwaysOn : ScrollBar.AlwaysOff }
                Flow {
                    id: seats
                    width: parent.width - 16; spacing: 8
                    Repeater {
                        model: screen.v.mirrors
                        PushButton { required property var modelData; p: screen.p; primary: screen.v.chosen === modelData[0]; tall: 48; px: 18; leftPadding: 16; rightPadding: 16; text: screen.p.t(screen.v.chosen === modelData[0] ? "S24b.seat_chosen" : "S24b.seat", { seat: modelData[1] }); Accessible.checkable: true; Accessible.checked: screen.v.chosen === modelData[0]; onClicked: screen.p.act("ChooseMirror", [modelData[0]]) }
                    }
                }
            }
        }
        Column {
            width: screen.narrow ? 480 : 620; spacing: 14
            Words { width: parent.width; text: screen.p.t("S24b.title"); px: 32; font.weight: 700; color: screen.p.theme.ink; Accessible.role: Accessible.Heading }
            Words { width: parent.width; text: screen.p.t("S24b.text"); px: 18; color: screen.p.theme.ink2 }
            Repeater {
                model: screen.v.holders
                Row {
                    required property string modelData
                    readonly property bool here: screen.v.given.indexOf(modelData) >= 0
                    spacing: 10
                    Tick { kind: parent.here ? "ok" : "pending"; side: 22; fill: parent.here ? screen.p.theme.ok : screen.p.theme.lineStrong; sign: screen.p.theme.onStatus; anchors.verticalCenter: parent.verticalCenter }
                    Words { text: modelData + " – " + screen.p.t(parent.here ? "S24b.here" : "S24b.wanted"); px: 18; wrapMode: Text.NoWrap; color: screen.p.theme.ink }
                }
            }
            Row { spacing: 12
                Field { id: half; p: screen.p; focus: true; width: screen.narrow ? 320 : 440; label: screen.p.t("S24b.half"); inputMethodHints: Qt.ImhNoPredictiveText | Qt.ImhUppercaseOnly; onAccepted: screen.give() }
                PushButton { p: screen.p; tall: 52; text: screen.p.t("S24b.give"); enabled: half.text !== ""; onClicked: screen.give() }
            }
            Words { width: parent.width; visible: screen.v.error !== ""; text: screen.v.error !== "" ? screen.p.t("S24b.error." + screen.v.error) : ""; px: 18; color: screen.p.theme.badText; Accessible.role: Accessible.AlertMessage; Accessible.name: text }
            Row { spacing: 12
                TickBox { id: back; p: screen.p; width: screen.narrow ? 460 : 600; text: screen.p.t("S24b.give_back") }
            }
            Row { spacing: 12
                PushButton { p: screen.p; primary: true; enabled: screen.ready; text: screen.p.t("S24b.take"); onClicked: screen.p.act("TakeOver", [back.checked]) }
                PushButton { p: screen.p; text: screen.p.t("S09b.back"); onClicked: screen.p.act("CloseAtSeat") }
            }
        }
    }
}

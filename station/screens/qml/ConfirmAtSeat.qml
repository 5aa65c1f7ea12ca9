import QtQuick
import QtQuick.Controls.Basic

// S09b: an invigilator and a site head compare papers, portrait and person, prove themselves and decide.
CheckInFrame {
    id: screen
    property string chosen: ""
    readonly property bool both: v.proved.length === 2 && v.proved[0][1] !== "" && v.proved[1][1] !== ""
    readonly property int photo: narrow ? 150 : 180
    function prove() { if (chosen !== "" && pin.text !== "") { screen.p.act("ProveAtSeat", [chosen, pin.text]); pin.text = "" } }
    function said(error) {
        var parts = error.split(":")
        return error === "" ? "" : screen.p.t("S09b.error." + parts[0], { left: parts[1] || "0" })
    }
    Row {
        anchors.centerIn: parent; spacing: screen.narrow ? 24 : 40
        Column {
            spacing: 6
            Row { spacing: 16
                Repeater {
                    model: ["portrait", "live"]
                    Column {
                        required property string modelData
                        readonly property string said: screen.p.t(modelData === "live" ? "S09b.live_photo" : "S09b.chip_photo")
                        spacing: 4
                        Words { width: screen.photo; text: parent.said; px: 14; color: screen.p.theme.ink2 }
                        Image { width: screen.photo; height: screen.photo * 4 / 3; Accessible.role: Accessible.Graphic; Accessible.name: parent.said; fillMode: Image.PreserveAspectCrop; cache: false; source: "image://person/" + parent.modelData + "/" + screen.p.serial; sourceSize: Qt.size(420, 560) }
                    }
                }
            }
            Repeater { model: screen.v.rows; Words { required property var modelData; text: screen.p.t("field." + modelData.field) + ": " + screen.p.row_value(modelData.field, modelData.value); px: 16; color: screen.p.theme.ink } }
            Words { visible: screen.v.code !== ""; width: screen.photo * 2 + 16; text: screen.v.code + ": " + screen.p.code_text(screen.v.code, {}); px: 16; color: screen.p.theme.warnText }
        }
        Column {
            width: screen.narrow ? 560 : 680; spacing: 8
            Words { text: screen.p.t("S09b.title"); px: 28; font.weight: 700; color: screen.p.theme.ink; Accessible.role: Accessible.Heading }
            Words { text: screen.p.t("S09b.text"); px: 16; color: screen.p.theme.ink2; width: parent.width }
            Repeater {
                model: screen.v.proved
                Row {
                    required property var modelData
                    readonly property bool here: modelData[1] !== ""
                    spacing: 10
                    Tick { kind: parent.here ? "ok" : "pending"; side: 22; fill: parent.here ? screen.p.theme.ok : screen.p.theme.lineStrong; sign: screen.p.theme.onStatus; anchors.verticalCenter: parent.verticalCenter }
                    Words { text: screen.p.t("S09b.role." + modelData[0]) + ": " + (parent.here ? screen.p.t("S09b.here", { name: modelData[1] }) : screen.p.t("S09b.wanted")); px: 18; wrapMode: Text.NoWrap; color: screen.p.theme.ink }
                }
            }
            Words { visible: screen.v.officials.length === 0; text: screen.p.t("S09b.nobody"); px: 18; color: screen.p.theme.warnText; width: parent.width }
            Words { visible: screen.v.officials.length > 0; text: screen.p.t("S09b.who"); px: 16; font.weight: 600; color: screen.p.theme.ink }
            // A site may have many officials: they are let scroll, the one chosen is filled.
            Flickable {
                visible: screen.v.officials.length > 0
                width: parent.width; height: Math.min(104, people.height); contentHeight: people.height; clip: contentHeight > height; boundsBehavior: Flickable.StopAtBounds
                ScrollBar.vertical: ScrollBar { policy: people.height > 104 ? ScrollBar.AlwaysOn : ScrollBar.AlwaysOff }
                Flow {
                    id: people
                    width: parent.width - 16; spacing: 8
                    Repeater {
                        model: screen.v.officials
                        PushButton { required property var modelData; p: screen.p; primary: screen.chosen === modelData[0]; tall: 48; px: 16; leftPadding: 14; rightPadding: 14; text: modelData[0]; Accessible.name: modelData[0] + ", " + screen.p.t("S09b.role." + modelData[1]); Accessible.checkable: true; Accessible.checked: screen.chosen === modelData[0]; onClicked: { screen.chosen = modelData[0]; pin.forceActiveFocus() } }
                    }
                }
            }
            Row { spacing: 12
                Field { id: pin; p: screen.p; width: screen.narrow ? 320 : 420; label: screen.chosen === "" ? screen.p.t("S09b.pin_nobody") : screen.p.t("S09b.pin", { name: screen.chosen }); echoMode: TextInput.Password; inputMethodHints: Qt.ImhDigitsOnly | Qt.ImhSensitiveData; onAccepted: screen.prove() }
                PushButton { p: screen.p; tall: 52; anchors.bottom: parent.bottom; text: screen.p.t("S09b.prove"); enabled: screen.chosen !== "" && pin.text !== ""; onClicked: screen.prove() }
            }
            Words { visible: screen.v.error !== ""; text: screen.said(screen.v.error); px: 16; color: screen.p.theme.badText; width: parent.width; Accessible.role: Accessible.AlertMessage; Accessible.name: text }
            Field { id: reason; p: screen.p; width: parent.width; label: screen.p.t("S09b.reason") }
            Row { spacing: 12
                PushButton { p: screen.p; primary: true; enabled: screen.both && reason.text.trim() !== ""; text: screen.p.t("S09b.admit"); onClicked: screen.p.act("DecideAtSeat", ["admit", reason.text]) }
                PushButton { p: screen.p; text: screen.p.t("S09b.back"); onClicked: screen.p.act("CloseAtSeat") }
                PushButton { p: screen.p; enabled: screen.both && reason.text.trim() !== ""; text: screen.p.t("S09b.refuse"); onClicked: screen.p.act("DecideAtSeat", ["refuse", reason.text]) }
            }
        }
    }
}

import QtQuick
CheckInFrame {
    id: screen
    Row {
        anchors.centerIn: parent; spacing: screen.narrow ? 24 : 40
        Column {
            spacing: 6
            Row { spacing: 16
                Image { width: 210; height: 280; Accessible.role: Accessible.Graphic; Accessible.name: screen.p.t("S09b.chip_photo"); source: "image://person/portrait/" + screen.p.serial; sourceSize: Qt.size(420, 560) }
                Image { width: 210; height: 280; Accessible.role: Accessible.Graphic; Accessible.name: screen.p.t("S09b.live_photo"); fillMode: Image.PreserveAspectCrop; cache: false; source: "image://person/live/" + screen.p.serial; sourceSize: Qt.size(420, 560) }
            }
            Repeater { model: screen.v.rows; Words { required property var modelData; text: screen.p.t("field." + modelData.field) + ": " + screen.p.row_value(modelData.field, modelData.value); px: 16; color: screen.p.theme.ink } }
        }
        Column {
            width: screen.narrow ? 480 : 620; spacing: 12
            Words { text: screen.p.t("S09b.title"); px: 32; font.weight: 700; color: screen.p.theme.ink }
            Words { text: screen.p.t("S09b.text"); px: 18; color: screen.p.theme.ink2; width: parent.width }
            Field { id: person; p: screen.p; width: parent.width; label: screen.p.t("S09b.person") }
            Field { id: pin; p: screen.p; width: parent.width; label: screen.p.t("S09b.pin"); echoMode: TextInput.Password }
            PushButton { p: screen.p; text: screen.p.t("S09b.prove"); onClicked: { screen.p.act("ProveAtSeat", [person.text, pin.text]); pin.text = "" } }
            Words { visible: screen.v.proved.length > 0; text: screen.p.t("S09b.proved", { names: screen.v.proved.join(", ") }); px: 16; color: screen.p.theme.okText; width: parent.width }
            Words { visible: screen.v.error.indexOf("pin_wrong") === 0; text: screen.p.t("S09b.wrong", { left: screen.v.error.split(":")[1] || "0" }); px: 16; color: screen.p.theme.badText }
            Field { id: reason; p: screen.p; width: parent.width; label: screen.p.t("S09b.reason") }
            Row { spacing: 12
                PushButton { p: screen.p; primary: true; enabled: screen.v.proved.length >= 2 && reason.text !== ""; text: screen.p.t("S09b.admit"); onClicked: screen.p.act("DecideAtSeat", ["admit", reason.text]) }
                PushButton { p: screen.p; text: screen.p.t("S09b.back"); onClicked: screen.p.act("CloseAtSeat") }
                PushButton { p: screen.p; enabled: screen.v.proved.length >= 2 && reason.text !== ""; text: screen.p.t("S09b.refuse"); onClicked: screen.p.act("DecideAtSeat", ["refuse", reason.text]) }
            }
        }
    }
}

import QtQuick
CheckInFrame {
    id: screen
    step: 2
    Column {
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width; spacing: 14
        Words { text: screen.p.t("S07.title"); px: 36; font.weight: 700; color: screen.p.theme.ink; Accessible.role: Accessible.Heading }
        Words { text: screen.v.card_on_reader ? screen.p.t("S07.text") + " " + screen.p.t("S07.take_card") : screen.p.t("S07.text"); px: Math.round(20 * screen.ui); leading: 1.58; color: screen.p.theme.ink2; width: parent.width }
        Rectangle {
            width: parent.width; height: table.height + 40; radius: 14; color: screen.p.theme.surface; border.width: 1; border.color: screen.p.theme.line
            Image { id: portrait; x: 24; y: 20; width: 210; height: 280; source: "image://person/portrait/" + screen.p.serial; sourceSize: Qt.size(420, 560); Accessible.role: Accessible.Graphic; Accessible.name: screen.p.t("S07.portrait", { name: screen.v.rows.length ? screen.v.rows[0].value : "" }) }
            Column {
                id: table
                x: 266; y: 20; width: parent.width - 290
                Repeater {
                    model: screen.v.rows
                    Item {
                        required property var modelData
                        width: table.width; height: (40 + (modelData.other !== "" ? 26 : 0)) * screen.ui
                        readonly property real column: screen.narrow ? 190 * Math.min(1.25, screen.ui) : 250 * screen.ui
                        Words { text: screen.p.t("field." + modelData.field); px: Math.round((screen.narrow ? 16 : 18) * screen.ui); color: screen.p.theme.ink2; width: parent.column - 10; wrapMode: Text.NoWrap; elide: Text.ElideRight; y: 6 }
                        Words { x: parent.column; y: 6; width: parent.width - x; elide: Text.ElideRight; text: screen.p.row_value(modelData.field, modelData.value); px: Math.round(20 * screen.ui); leading: 1.4; font.weight: 600; color: screen.p.theme.ink; wrapMode: Text.NoWrap }
                        Row { visible: modelData.other !== ""; x: parent.column; y: 36 * screen.ui; spacing: 8; Tick { kind: "warn"; side: 20; fill: screen.p.theme.warn; sign: screen.p.theme.onWarn } Words { text: modelData.other + " – " + screen.p.t("S07.spelling"); px: 16; color: screen.p.theme.warnText } }
                        Rectangle { anchors.bottom: parent.bottom; width: parent.width; height: 1; color: screen.p.theme.line }
                    }
                }
                Row { topPadding: 10; spacing: 10; Tick { side: 22; fill: screen.p.theme.ok; sign: screen.p.theme.onStatus } Words { text: screen.p.t("S07.verified"); px: 16; color: screen.p.theme.okText; font.weight: 500 } }
            }
        }
        Row {
            spacing: 16; topPadding: 4
            PushButton { p: screen.p; primary: true; focus: true; text: screen.p.t("S07.confirm"); onClicked: screen.p.act("ConfirmDetails") }
            PushButton { p: screen.p; text: screen.p.t("S07.report"); onClicked: screen.p.act("ReportDetails", [[]]) }
        }
    }
    Rectangle {
        parent: screen; visible: screen.v.report_open; anchors.fill: parent; color: "#990A101C"
        onVisibleChanged: if (visible) first.begin()
        TapHandler { }
        Rectangle {
            anchors.centerIn: parent; width: 560; height: form.height + 64; radius: 14; color: screen.p.theme.surface
            Column {
                id: form; x: 32; y: 32; width: 496; spacing: 12
                property var wrong: []
                Words { text: screen.p.t("S07.what"); px: 24; font.weight: 600; color: screen.p.theme.ink }
                Repeater {
                    id: first
                    function begin() { itemAt(0).forceActiveFocus() }
                    model: ["name", "birth_date", "sex", "portrait", "place"]
                    TickBox { required property string modelData; p: screen.p; width: 496; padding: 10; text: screen.p.t("field." + modelData); onCheckedChanged: form.wrong = checked ? form.wrong.concat([modelData]) : form.wrong.filter(x => x !== modelData) }
                }
                Row { spacing: 12; PushButton { p: screen.p; primary: true; enabled: form.wrong.length > 0; text: screen.p.t("S07.send"); onClicked: screen.p.act("ReportDetails", [form.wrong]) } PushButton { p: screen.p; text: screen.p.t("help.close"); onClicked: screen.p.act("ReportDetails", [[]]) } }
            }
        }
    }
}

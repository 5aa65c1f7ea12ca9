import QtQuick
CheckInFrame {
    id: screen
    step: 1
    // Both buttons of one size: refusing is as easy as agreeing.
    readonly property real half: Math.min(1160, width - 64) / 2 - 8
    Column {
        anchors.verticalCenter: parent.verticalCenter
        width: parent.width; spacing: 14
        Words { text: screen.p.t("S02.title"); px: 34; font.weight: 700; color: screen.p.theme.ink; width: parent.width; Accessible.role: Accessible.Heading }
        Words { text: screen.p.t("S02.text", { organiser: screen.v.organiser }); px: Math.round(18 * screen.p.scale); leading: 1.55; color: screen.p.theme.ink2; width: parent.width }
        TickBox { id: chip; p: screen.p; px: Math.round(18 * screen.p.scale); width: parent.width; text: screen.p.t("S02.chip") }
        TickBox { id: face; p: screen.p; px: Math.round(18 * screen.p.scale); width: parent.width; text: screen.p.t("S02.face") }
        Words { text: screen.p.t("S02.rights", { days: screen.v.retention_days, contact: screen.v.contact }); px: 16; color: screen.p.theme.ink2; width: parent.width }
        Words { visible: screen.v.under_16 && screen.v.guardian_reference !== ""; text: screen.p.t("S02.guardian", { reference: screen.v.guardian_reference }); px: 16; color: screen.p.theme.ink2; width: parent.width }
        Flow {
            width: parent.width; spacing: 16; topPadding: 6
            PushButton { p: screen.p; primary: true; width: screen.half; px: screen.narrow ? 16 : 18; enabled: chip.checked || face.checked; text: screen.p.t("S02.agree"); onClicked: screen.p.act("Agree", [chip.checked || face.checked, face.checked]) }
            PushButton { p: screen.p; width: screen.half; px: screen.narrow ? 16 : 18; text: screen.p.t("S02.decline"); onClicked: screen.p.act("Agree", [false, false]) }
        }
    }
}

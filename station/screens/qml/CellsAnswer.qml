import QtQuick

// The short answer: four cells and a keypad; a key that may not follow stays and says why.
Column {
    id: answer
    required property QtObject p
    required property var v
    property int px: 20
    property string reason: ""
    spacing: 14
    function begin() { pad.itemAt(0).keys.itemAt(0).forceActiveFocus() }
    function type(k) {
        if (k === "all") { reason = ""; p.act("Respond", [v.item, ""]) } else reason = p.type_cell(v.item, k)
        if (reason !== "") Accessible.announce(reason, Accessible.Assertive)
    }
    Words { text: answer.p.t("paper.your_answer"); px: Math.round(answer.px * 0.9); font.weight: 600; color: answer.p.theme.ink; Accessible.ignored: true }
    Row {
        spacing: 12
        Accessible.role: Accessible.EditableText; Accessible.readOnly: false
        Accessible.name: answer.p.t("paper.your_answer") + ": " + answer.p.spoken_cells(answer.v.cells)
        Repeater {
            model: 4
            Rectangle {
                required property int index
                width: 64; height: 76; radius: 10; color: answer.p.theme.surface
                border.width: index === answer.v.cells.length ? 3 : 1.5; border.color: index === answer.v.cells.length ? answer.p.theme.brand : answer.p.theme.lineStrong
                Words { anchors.centerIn: parent; text: answer.p.cells(answer.v.cells.charAt(index)); px: 36; leading: 1.2; font.weight: 600; color: answer.p.theme.ink; Accessible.ignored: true }
            }
        }
    }
    Words { width: answer.width; text: answer.reason !== "" ? answer.reason : answer.v.incomplete ? answer.p.t("paper.incomplete") : answer.p.t("paper.cells_help"); px: Math.round(16 * Math.min(1.5, answer.p.scale)); color: answer.reason !== "" || answer.v.incomplete ? answer.p.theme.warnText : answer.p.theme.ink2 }
    Column {
        spacing: 10
        Repeater {
            id: pad
            model: [["7", "8", "9", "back"], ["4", "5", "6", "-"], ["1", "2", "3", ","], ["0", "all"]]
            Row {
                id: line
                required property var modelData
                property alias keys: each
                spacing: 10
                Repeater { id: each; model: line.modelData; KeypadKey { p: answer.p; legalKeys: answer.v.legal_keys; onPressed: k => answer.type(k) } }
            }
        }
    }
}

import QtQuick

// All questions by part: answered, half, flagged, not yet at the node; each of them can be told apart alone.
Rectangle {
    id: sheet
    required property QtObject p
    required property var v
    property int columns: 5
    property bool legend: false
    signal reviewWanted()
    radius: 14; color: p.theme.surface; border.width: p.theme_name === "contrast" ? 2 : 1; border.color: p.theme.line
    readonly property bool contrast: p.theme_name === "contrast"
    readonly property var names: [...new Set(v.tiles.map(t => t.part))]
    function begin() { for (let i = 0; i < parts.count; i++) { const grid = parts.itemAt(i).tiles; for (let k = 0; k < grid.count; k++) if (grid.itemAt(k).modelData.current) { grid.itemAt(k).forceActiveFocus(); return } } }
    function spoken(t) {
        const words = [p.t("paper.part", { part: t.part }), p.t("tile.number", { number: t.number }), p.t("tile." + t.answered)]
        if (t.flagged) words.push(p.t("tile.flagged"))
        if (t.answered !== "no" && !t.at_node) words.push(p.t("tile.not_at_node"))
        return words.join(", ")
    }
    Column {
        id: top
        x: 16; y: 12; width: parent.width - 32; spacing: 4
        Row { width: parent.width
            Words { text: sheet.p.t("paper.palette"); px: 16; font.weight: 600; color: sheet.p.theme.ink; width: parent.width - count.width; wrapMode: Text.NoWrap; elide: Text.ElideRight }
            Words { id: count; readonly property var tally: ({ done: sheet.v.tiles.filter(t => t.answered === "full").length, all: sheet.v.tiles.length }); text: sheet.width < 240 ? tally.done + "/" + tally.all : sheet.p.t("paper.count", tally); px: 14; leading: 1.7; color: sheet.p.theme.ink2; horizontalAlignment: Text.AlignRight; wrapMode: Text.NoWrap }
        }
        Repeater {
            id: parts
            // Counts as models: tiles stay, and so does the focus, when a new view comes.
            model: sheet.names.length
            Column {
                id: part
                required property int index
                readonly property string modelData: sheet.names[index] || ""
                property alias tiles: each
                readonly property var own: sheet.v.tiles.filter(t => t.part === modelData)
                width: parent.width; spacing: 4
                Row { width: parent.width; topPadding: 2
                    Words { text: sheet.p.t("paper.part", { part: part.modelData }); px: 14; font.weight: 600; color: sheet.p.theme.ink2; width: parent.width - 50 }
                    Words { text: part.own.filter(t => t.answered === "full").length + "/" + part.own.length; px: 14; color: sheet.p.theme.ink2; width: 50; horizontalAlignment: Text.AlignRight } }
                Grid {
                    columns: sheet.columns; spacing: 10
                    Repeater {
                        id: each
                        model: part.own.length
                        Rectangle {
                            id: tile
                            required property int index
                            readonly property var modelData: part.own[index] || ({ item: "", part: "", number: 0, answered: "no", flagged: false, current: false, at_node: true })
                            readonly property bool filled: modelData.answered !== "no"
                            width: 40; height: 40; radius: 8
                            color: sheet.contrast && modelData.current ? "#FFFFFF" : filled ? sheet.p.theme.answered : sheet.p.theme.surface
                            border.width: modelData.current ? 3 : 1.2; border.color: modelData.current ? sheet.p.theme.brand : sheet.p.theme.lineStrong
                            activeFocusOnTab: true
                            Accessible.role: Accessible.Button; Accessible.name: sheet.spoken(modelData); Accessible.focusable: true
                            Accessible.onPressAction: go()
                            function go() { sheet.p.act("GoTo", [modelData.item]) }
                            Words { anchors.centerIn: parent; anchors.verticalCenterOffset: tile.filled ? -3 : 0; text: tile.modelData.number; px: 16; font.weight: tile.modelData.current ? 700 : 500; color: sheet.contrast && tile.modelData.current ? "#000000" : sheet.p.theme.ink; Accessible.ignored: true }
                            Rectangle { visible: tile.filled; x: 5; y: sheet.contrast ? 31 : 33; height: sheet.contrast ? 6 : 4; radius: 2; width: tile.modelData.answered === "full" ? 30 : 15; color: sheet.contrast && tile.modelData.current ? "#000000" : sheet.p.theme.brand }
                            Tick { visible: tile.modelData.flagged; kind: "flag"; side: 18; fill: sheet.contrast && tile.modelData.current ? "#000000" : sheet.p.theme.help; anchors { right: parent.right; top: parent.top; rightMargin: -3; topMargin: -4 } }
                            Rectangle { visible: !tile.modelData.at_node && tile.filled; x: 3; y: 3; width: 9; height: 9; radius: 4.5; color: "transparent"; border.width: 2; border.color: sheet.p.theme.warnText }
                            Rectangle { anchors.fill: parent; anchors.margins: -5; radius: 12; color: "transparent"; border.width: sheet.contrast ? 4 : 3; border.color: sheet.p.theme.focus; visible: tile.activeFocus }
                            TapHandler { onTapped: tile.go() }
                            Keys.onReturnPressed: go()
                            Keys.onEnterPressed: go()
                            Keys.onSpacePressed: go()
                        }
                    }
                }
            }
        }
    }
    Column {
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: 16 }
        spacing: 8
        Flow {
            id: help
            visible: sheet.legend && sheet.height - top.height > 150; width: parent.width; spacing: 6
            Repeater {
                model: sheet.p.parts("paper.legend")
                Row {
                    required property int index
                    required property string modelData
                    width: (help.width - 8) / 2; spacing: 6
                    Rectangle {
                        width: 20; height: 20; radius: 5; anchors.verticalCenter: parent.verticalCenter; color: parent.index === 1 || parent.index === 2 ? sheet.p.theme.answered : sheet.p.theme.surface; border.width: 1.2; border.color: sheet.p.theme.lineStrong
                        Rectangle { visible: parent.parent.index === 1 || parent.parent.index === 2; x: 3; y: 14; height: 3; width: parent.parent.index === 1 ? 14 : 7; color: sheet.p.theme.brand }
                        Tick { visible: parent.parent.index === 3; anchors.centerIn: parent; kind: "flag"; side: 14; fill: sheet.p.theme.help }
                    }
                    Words { text: parent.modelData; px: 14; leading: 1.4; color: sheet.p.theme.ink2; wrapMode: Text.NoWrap }
                }
            }
        }
        PushButton { p: sheet.p; width: parent.width; px: 15; tall: 44; leftPadding: 8; rightPadding: 8; text: sheet.width < 240 ? sheet.p.t("paper.review_short") : sheet.p.t("paper.review"); onClicked: sheet.reviewWanted() }
    }
}

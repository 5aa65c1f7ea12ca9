import QtQuick

// Statements a) to d), each judged on its own; the row that D and S (T and F) answer is marked.
Column {
    id: cluster
    required property QtObject p
    required property var v
    property int px: 20
    property int row: 0
    spacing: 0
    function begin() { if (rows.count) rows.itemAt(0).first.forceActiveFocus() }
    function move(by) { row = Math.max(0, Math.min(v.options.length - 1, row + by)) }
    function judgeRow(truth) { const o = v.options[row]; if (o) p.judge(v.item, o.identifier, truth) }
    Repeater {
        id: rows
        model: cluster.visible ? cluster.v.options.length : 0
        Item {
            id: line
            required property int index
            readonly property var modelData: cluster.v.options[index] || ({ identifier: "", label: "", chosen: "", content: [] })
            property Item first: null
            readonly property bool below: cluster.width < 640 || cluster.p.scale >= 1.75
            width: cluster.width; height: below ? statement.height + 84 : Math.max(72, statement.height + 24)
            Rectangle { width: parent.width; height: 1; color: cluster.p.theme.line }
            Rectangle { visible: cluster.row === line.index; y: 8; height: parent.height - 16; width: 4; radius: 2; color: cluster.p.theme.brand }
            Words { x: 12; y: statement.y; text: line.modelData.label + ")"; px: cluster.px; leading: 1.6; font.weight: 600; color: cluster.p.theme.brand; Accessible.ignored: true }
            Content { id: statement; p: cluster.p; px: Math.round(cluster.px * 0.95); x: 20 + Math.round(cluster.px * 1.4); y: line.below ? 12 : (line.height - height) / 2; maximum: line.below ? cluster.width - x - 8 : cluster.width - x - 248; pieces: line.modelData.content }
            Row {
                spacing: 12
                x: line.below ? statement.x : parent.width - width; y: line.below ? line.height - 60 : (line.height - 48) / 2
                Accessible.role: Accessible.Grouping; Accessible.name: cluster.p.t("paper.statement", { label: line.modelData.label }) + ": " + statement.Accessible.name
                Repeater {
                    model: ["true", "false"]
                    Rectangle {
                        id: judge
                        required property int index
                        required property string modelData
                        readonly property bool chosen: line.modelData.chosen === modelData
                        readonly property bool bright: chosen && cluster.p.theme_name === "contrast"
                        objectName: line.modelData.label + modelData
                        width: 112; height: 48; radius: 10
                        color: bright ? "#FFFFFF" : chosen ? cluster.p.theme.brandTint : cluster.p.theme.surface; border.width: chosen ? 2.5 : 1.2; border.color: chosen ? cluster.p.theme.brand : cluster.p.theme.lineStrong
                        activeFocusOnTab: true
                        onActiveFocusChanged: if (activeFocus) cluster.row = line.index
                        Component.onCompleted: if (index === 0) line.first = judge
                        Accessible.role: Accessible.RadioButton; Accessible.focusable: true; Accessible.checkable: true; Accessible.checked: chosen
                        Accessible.name: cluster.p.t("paper.statement", { label: line.modelData.label }) + ", " + cluster.p.t("paper." + modelData)
                        Accessible.onPressAction: choose()
                        function choose() { cluster.row = line.index; cluster.p.judge(cluster.v.item, line.modelData.identifier, modelData === "true") }
                        Row { anchors.centerIn: parent; spacing: 8
                            Rectangle { width: 18; height: 18; radius: 9; anchors.verticalCenter: parent.verticalCenter; color: "transparent"; border.width: judge.chosen ? 5 : 1.5; border.color: judge.bright ? "#000000" : judge.chosen ? cluster.p.theme.brand : cluster.p.theme.lineStrong }
                            Words { text: cluster.p.t("paper." + judge.modelData); px: 17; wrapMode: Text.NoWrap; font.weight: judge.chosen ? 600 : 400; color: judge.bright ? "#000000" : cluster.p.theme.ink; Accessible.ignored: true } }
                        Rectangle { anchors.fill: parent; anchors.margins: -5; radius: 15; color: "transparent"; border.width: 3; border.color: cluster.p.theme.focus; visible: judge.activeFocus }
                        TapHandler { onTapped: judge.choose() }
                        Keys.onSpacePressed: choose()
                        Keys.onReturnPressed: choose()
                        Keys.onEnterPressed: choose()
                    }
                }
            }
        }
    }
    Words { topPadding: 10; visible: cluster.v.incomplete; text: cluster.p.t("paper.open_statements", { letters: cluster.v.options.filter(o => o.chosen === "").map(o => o.label + ")").join(", ") }); px: 16; color: cluster.p.theme.warnText }
}

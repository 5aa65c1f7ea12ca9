import QtQuick

// Options of a single or multiple choice: equal widths, 4, 2 or 1 columns by what fits.
Grid {
    id: grid
    required property QtObject p
    required property var v
    property int px: 20
    property int most: 4
    readonly property bool several: v.item_kind === "multiple_choice"
    // Delegates stay while the same question is on screen, so that a new view does not take the focus away.
    readonly property int count: visible ? v.options.length : 0
    readonly property real widest: { let most = 0; for (let i = 0; i < every.count; i++) { const o = every.itemAt(i); if (o) most = Math.max(most, o.wide) } return most }
    columns: most >= 4 && widest + 92 <= width * 0.235 ? 4 : most >= 2 && widest + 92 <= width * 0.48 ? 2 : 1
    readonly property real cell: (width - (columns - 1) * 14) / columns
    spacing: 14
    function begin() { if (every.count) every.itemAt(0).forceActiveFocus() }
    Repeater {
        id: every
        model: grid.count
        Rectangle {
            id: option
            required property int index
            readonly property var modelData: grid.v.options[index] || ({ identifier: "", label: "", chosen: "", content: [] })
            readonly property real wide: words.width
            readonly property bool chosen: modelData.chosen !== ""
            readonly property bool bright: chosen && grid.p.theme_name === "contrast"
            objectName: "option" + modelData.label
            width: grid.cell; height: Math.max(64, words.height + 28); radius: 10
            color: bright ? "#FFFFFF" : chosen ? grid.p.theme.brandTint : grid.p.theme.surface
            border.width: chosen ? 2.5 : 1.2; border.color: chosen ? grid.p.theme.brand : grid.p.theme.lineStrong
            activeFocusOnTab: true
            Accessible.role: grid.several ? Accessible.CheckBox : Accessible.RadioButton
            Accessible.focusable: true; Accessible.checkable: true; Accessible.checked: chosen
            Accessible.name: grid.p.t("paper.option", { label: modelData.label }) + ": " + words.Accessible.name
            Accessible.onPressAction: choose()
            Accessible.onToggleAction: choose()
            function choose() { grid.p.choose(grid.v.item, modelData.identifier) }
            Rectangle {
                x: 14; anchors.verticalCenter: parent.verticalCenter; width: 40; height: 40; radius: grid.several ? 8 : 20
                color: option.bright ? "#000000" : option.chosen ? grid.p.theme.brand : "transparent"; border.width: 1.5; border.color: option.chosen ? grid.p.theme.brand : grid.p.theme.lineStrong
                Words { anchors.centerIn: parent; text: option.modelData.label; px: 18; font.weight: 600; color: option.bright ? "#FFFFFF" : option.chosen ? grid.p.theme.onBrand : grid.p.theme.ink; Accessible.ignored: true }
            }
            Content { id: words; p: grid.p; px: grid.px; x: 68; anchors.verticalCenter: parent.verticalCenter; maximum: Math.max(120, grid.width - 92); ink: option.bright ? "#000000" : grid.p.theme.ink; pieces: option.modelData.content }
            Rectangle { anchors.fill: parent; anchors.margins: -5; radius: 15; color: "transparent"; border.width: 3; border.color: grid.p.theme.focus; visible: option.activeFocus }
            TapHandler { onTapped: option.choose() }
            Keys.onSpacePressed: choose()
            Keys.onReturnPressed: choose()
            Keys.onEnterPressed: choose()
        }
    }
}

import QtQuick
import QtQuick.Controls.Basic

// The exam screen S12 to S17: bar, notices, question, palette, bottom bar; a cover hides all of the paper.
FocusScope {
    id: screen
    required property QtObject p
    readonly property var v: p.view
    readonly property int stem: Math.round(20 * p.scale)
    readonly property bool choice: v.item_kind === "single_choice" || v.item_kind === "multiple_choice"
    property string keyReason: ""
    property bool helpOpen: false
    property bool lookOpen: false
    readonly property int open: v.tiles.filter(t => t.answered !== "full").length
    readonly property int secondsLeft: Math.max(0, Math.floor(v.remaining / 1000))
    function step(n) { const i = v.tiles.findIndex(t => t.current); const t = v.tiles[i + n]; if (t) p.act("GoTo", [t.item]) }
    function cellKey(k) { keyReason = p.type_cell(v.item, k) }

    // bar
    Rectangle {
        id: bar
        width: parent.width; height: 72; color: screen.p.theme.surface
        Rectangle { anchors.bottom: parent.bottom; width: parent.width; height: 1; color: screen.p.theme.line }
        Column {
            x: 20; anchors.verticalCenter: parent.verticalCenter
            Words { text: screen.v.frame.exam_name; px: 16; font.weight: 600; color: screen.p.theme.ink; wrapMode: Text.NoWrap }
            Words { text: screen.p.t("paper.place", { code: screen.v.form_code, room: screen.v.frame.room, seat: screen.v.frame.seat }); px: 14; leading: 1.57; color: screen.p.theme.ink2; wrapMode: Text.NoWrap }
        }
        Row {
            anchors.right: parent.right; anchors.rightMargin: 16; anchors.verticalCenter: parent.verticalCenter; spacing: 16
            Words { anchors.verticalCenter: parent.verticalCenter; text: screen.p.t("paper.who", { name: screen.v.frame.candidate_name, sbd: screen.v.frame.sbd }); px: 14; color: screen.p.theme.ink2; wrapMode: Text.NoWrap }
            Rectangle {
                readonly property bool good: screen.v.save === "saved_here" || screen.v.save === "saved_centre"
                readonly property bool failed: screen.v.save === "failed"
                anchors.verticalCenter: parent.verticalCenter
                width: saved.width + 28; height: 36; radius: 18; color: failed ? screen.p.theme.badTint : good ? screen.p.theme.okTint : screen.p.theme.warnTint
                Row { id: saved; x: 14; anchors.verticalCenter: parent.verticalCenter; spacing: 8
                    Tick { kind: parent.parent.good ? "ok" : "warn"; side: 18; fill: parent.parent.failed ? screen.p.theme.bad : parent.parent.good ? screen.p.theme.ok : screen.p.theme.warn; sign: parent.parent.good ? screen.p.theme.onStatus : screen.p.theme.onWarn; anchors.verticalCenter: parent.verticalCenter }
                    Words { text: screen.p.t("paper." + screen.v.save, { waiting: screen.v.waiting }); px: 14; font.weight: 500; wrapMode: Text.NoWrap; color: parent.parent.failed ? screen.p.theme.badText : parent.parent.good ? screen.p.theme.okText : screen.p.theme.warnText } }
            }
            PushButton { p: screen.p; anchors.verticalCenter: parent.verticalCenter; text: "Aa"; px: 16; tall: 44; leftPadding: 14; rightPadding: 14; onClicked: screen.lookOpen = !screen.lookOpen; Accessible.name: "Aa" }
            Rectangle {
                width: 152; height: 56; radius: 10; anchors.verticalCenter: parent.verticalCenter
                color: screen.secondsLeft <= 60 ? screen.p.theme.bad : screen.secondsLeft <= 300 ? screen.p.theme.warn : screen.secondsLeft <= 900 ? screen.p.theme.warnTint : screen.p.theme.sunken
                readonly property color ink: screen.secondsLeft <= 60 ? screen.p.theme.onStatus : screen.secondsLeft <= 300 ? screen.p.theme.onWarn : screen.p.theme.ink
                Column {
                    anchors.centerIn: parent
                    Words { text: screen.p.t("paper.time"); px: 14; leading: 1.3; color: parent.parent.ink; anchors.horizontalCenter: parent.horizontalCenter; wrapMode: Text.NoWrap }
                    Digits { objectName: "clock"; text: screen.p.span(screen.v.remaining); px: 22; ink: parent.parent.ink; anchors.horizontalCenter: parent.horizontalCenter; Accessible.name: screen.p.t("paper.time") + " " + text }
                }
            }
        }
    }
    // notices
    Rectangle {
        id: band
        readonly property var n: screen.v.notices.length ? screen.v.notices[0] : null
        anchors { top: bar.bottom; left: parent.left; right: parent.right }
        height: n ? 44 : 0; visible: n !== null
        color: n && n.kind === "back" ? screen.p.theme.okTint : n && n.kind === "message" ? screen.p.theme.brandTint : screen.p.theme.warnTint
        Row {
            x: 20; anchors.verticalCenter: parent.verticalCenter; spacing: 12
            Tick { kind: band.n && band.n.kind === "back" ? "ok" : "warn"; side: 20; fill: band.n && band.n.kind === "back" ? screen.p.theme.ok : screen.p.theme.warn; sign: screen.p.theme.onWarn; anchors.verticalCenter: parent.verticalCenter }
            Words { anchors.verticalCenter: parent.verticalCenter; px: 16; wrapMode: Text.NoWrap; color: screen.p.theme.ink; text: band.n ? screen.p.t("notice." + band.n.kind, { text: band.n.values.text || "", at: band.n.values.at ? screen.p.time(Number(band.n.values.at)) : "", minutes: band.n.values.minutes || "", end: band.n.values.end ? screen.p.time(Number(band.n.values.end)) : "", open: screen.open }) : "" }
            PushButton { p: screen.p; visible: band.n !== null && band.n.instruction > 0; px: 14; tall: 36; leftPadding: 12; rightPadding: 12; text: screen.p.t("notice.read"); onClicked: screen.p.act("ReadMessage", [band.n.instruction]) }
        }
    }
    // palette
    Rectangle {
        id: palette
        anchors { top: band.bottom; right: parent.right; bottom: foot.top; margins: 16 }
        width: 272; radius: 14; color: screen.p.theme.surface; border.width: 1; border.color: screen.p.theme.line
        Column {
            x: 16; y: 12; width: parent.width - 32; spacing: 6
            Row { width: parent.width
                Words { text: screen.p.t("paper.palette"); px: 16; font.weight: 600; color: screen.p.theme.ink; width: parent.width - 74; wrapMode: Text.NoWrap }
                Words { text: screen.p.t("paper.count", { done: screen.v.tiles.filter(t => t.answered === "full").length, all: screen.v.tiles.length }); px: 14; leading: 1.7; color: screen.p.theme.ink2; width: 74; horizontalAlignment: Text.AlignRight; wrapMode: Text.NoWrap } }
            Repeater {
                model: [...new Set(screen.v.tiles.map(t => t.part))]
                Column {
                    id: part
                    required property string modelData
                    readonly property var own: screen.v.tiles.filter(t => t.part === modelData)
                    width: parent.width; spacing: 6
                    Row { width: parent.width; topPadding: 4
                        Words { text: screen.p.t("paper.part", { part: part.modelData }); px: 14; font.weight: 600; color: screen.p.theme.ink2; width: parent.width - 50 }
                        Words { text: part.own.filter(t => t.answered === "full").length + "/" + part.own.length; px: 14; color: screen.p.theme.ink2; width: 50; horizontalAlignment: Text.AlignRight } }
                    Grid {
                        columns: 5; spacing: 10
                        Repeater {
                            model: part.own
                            Rectangle {
                                required property var modelData
                                width: 40; height: 40; radius: 8
                                color: modelData.answered === "no" ? screen.p.theme.surface : screen.p.theme.answered
                                border.width: modelData.current ? 3 : 1.2; border.color: modelData.current ? screen.p.theme.brand : screen.p.theme.lineStrong
                                Accessible.role: Accessible.Button
                                Accessible.name: screen.p.t("paper.part", { part: modelData.part }) + ", " + screen.p.t("paper.question", { number: modelData.number })
                                Words { anchors.centerIn: parent; text: modelData.number; px: 16; font.weight: modelData.current ? 700 : 500; color: screen.p.theme.ink; Accessible.ignored: true }
                                Rectangle { visible: modelData.answered !== "no"; x: 5; y: 33; height: 4; radius: 2; width: modelData.answered === "full" ? 30 : 15; color: screen.p.theme.brand }
                                Tick { visible: modelData.flagged; kind: "flag"; side: 16; fill: screen.p.theme.help; anchors { right: parent.right; top: parent.top; rightMargin: -4; topMargin: -5 } }
                                Rectangle { visible: !modelData.at_node && modelData.answered !== "no"; x: 3; y: 3; width: 8; height: 8; radius: 4; color: "transparent"; border.width: 2; border.color: screen.p.theme.warnText }
                                TapHandler { onTapped: screen.p.act("GoTo", [modelData.item]) }
                            }
                        }
                    }
                }
            }
        }
        PushButton { p: screen.p; anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: 16 } px: 15; tall: 44; leftPadding: 8; rightPadding: 8; text: screen.p.t("paper.review"); onClicked: screen.p.act("OpenReview") }
    }
    // question
    Rectangle {
        id: card
        anchors { top: band.bottom; left: parent.left; right: palette.left; bottom: foot.top; margins: 16 }
        radius: 14; color: screen.p.theme.surface; border.width: 1; border.color: screen.p.theme.line; clip: true
        Words { // watermark
            anchors.centerIn: parent; rotation: -24; opacity: 0.05; px: 64; font.weight: 700; color: screen.p.theme.ink; wrapMode: Text.NoWrap
            text: screen.v.frame.sbd + " · " + screen.v.frame.seat; Accessible.ignored: true
        }
        Rectangle {
            id: strip
            width: parent.width; height: heading.height + 18; color: screen.p.theme.sunken; radius: 14
            Rectangle { anchors.bottom: parent.bottom; width: parent.width; height: 14; color: parent.color }
            Words { id: heading; x: 20; y: 9; width: parent.width - 40; px: 14; leading: 1.57; font.weight: 500; color: screen.p.theme.ink2; text: screen.p.language === "en" ? screen.v.part_heading_en : screen.v.part_heading }
        }
        Flickable {
            id: flick
            anchors { top: strip.bottom; left: parent.left; right: parent.right; bottom: parent.bottom }
            contentHeight: body.height + 40; clip: true; boundsBehavior: Flickable.StopAtBounds
            ScrollBar.vertical: ScrollBar { policy: flick.contentHeight > flick.height ? ScrollBar.AlwaysOn : ScrollBar.AlwaysOff }
            Column {
                id: body
                x: 24; y: 20; width: flick.width - 48; spacing: 16
                readonly property var figure: screen.v.stem.filter(x => x.kind === "picture")
                Words { text: screen.p.t("paper.question", { number: screen.v.number }); px: screen.stem; leading: 1.6; font.weight: 700; color: screen.p.theme.brand; Accessible.role: Accessible.Heading }
                Row {
                    spacing: 28; width: parent.width
                    Content { p: screen.p; px: screen.stem; maximum: body.figure.length ? body.width - 330 : body.width; pieces: screen.v.stem.filter(x => x.kind !== "picture") }
                    Content { visible: body.figure.length > 0; p: screen.p; px: screen.stem; maximum: 300; pieces: body.figure }
                }
                // Part I
                Grid {
                    id: grid
                    visible: screen.choice
                    property real widest: 0
                    columns: widest + 110 <= body.width * 0.235 ? 4 : widest + 110 <= body.width * 0.48 ? 2 : 1
                    readonly property real cell: (body.width - (columns - 1) * 14) / columns
                    spacing: 14
                    Repeater {
                        model: screen.choice ? screen.v.options : []
                        Rectangle {
                            id: option
                            required property var modelData
                            readonly property bool chosen: modelData.chosen !== ""
                            objectName: "option" + modelData.label
                            width: grid.cell; height: Math.max(64, words.height + 28); radius: 10
                            color: chosen ? screen.p.theme.brandTint : screen.p.theme.surface
                            border.width: chosen ? 2.5 : 1.2; border.color: chosen ? screen.p.theme.brand : screen.p.theme.lineStrong
                            activeFocusOnTab: true
                            Accessible.role: Accessible.RadioButton
                            Accessible.checked: chosen
                            Accessible.name: "Phương án " + modelData.label + ": " + words.Accessible.name
                            Rectangle {
                                id: disc
                                x: 14; anchors.verticalCenter: parent.verticalCenter; width: 40; height: 40; radius: 20
                                color: option.chosen ? screen.p.theme.brand : "transparent"; border.width: 1.5; border.color: option.chosen ? screen.p.theme.brand : screen.p.theme.lineStrong
                                Words { anchors.centerIn: parent; text: option.modelData.label; px: 18; font.weight: 600; color: option.chosen ? screen.p.theme.onBrand : screen.p.theme.ink; Accessible.ignored: true }
                            }
                            Content { id: words; p: screen.p; px: screen.stem; x: 68; anchors.verticalCenter: parent.verticalCenter; maximum: Math.max(120, body.width - 110); pieces: option.modelData.content; onWidthChanged: grid.widest = Math.max(grid.widest, width); Component.onCompleted: grid.widest = Math.max(grid.widest, width) }
                            Rectangle { anchors.fill: parent; anchors.margins: -5; radius: 15; color: "transparent"; border.width: 3; border.color: screen.p.theme.focus; visible: option.activeFocus }
                            TapHandler { onTapped: screen.p.choose(screen.v.item, option.modelData.identifier) }
                            Keys.onSpacePressed: screen.p.choose(screen.v.item, option.modelData.identifier)
                        }
                    }
                }
                // Part II
                Column {
                    visible: screen.v.item_kind === "true_false_cluster"; width: parent.width; spacing: 0
                    Repeater {
                        model: screen.v.item_kind === "true_false_cluster" ? screen.v.options : []
                        Item {
                            id: row
                            required property var modelData
                            width: body.width; height: Math.max(72, statement.height + 24)
                            Rectangle { width: parent.width; height: 1; color: screen.p.theme.line }
                            Words { x: 4; anchors.verticalCenter: parent.verticalCenter; text: row.modelData.label + ")"; px: screen.stem; font.weight: 600; color: screen.p.theme.brand }
                            Content { id: statement; p: screen.p; px: Math.round(18 * screen.p.scale); x: 40; anchors.verticalCenter: parent.verticalCenter; maximum: body.width - 290; pieces: row.modelData.content }
                            Row {
                                anchors { right: parent.right; verticalCenter: parent.verticalCenter } spacing: 12
                                Repeater {
                                    model: ["true", "false"]
                                    Rectangle {
                                        id: judge
                                        required property string modelData
                                        readonly property bool chosen: row.modelData.chosen === modelData
                                        objectName: row.modelData.label + modelData
                                        width: 104; height: 48; radius: 10
                                        color: chosen ? screen.p.theme.brandTint : screen.p.theme.surface; border.width: chosen ? 2.5 : 1.2; border.color: chosen ? screen.p.theme.brand : screen.p.theme.lineStrong
                                        Accessible.role: Accessible.RadioButton; Accessible.checked: chosen; Accessible.name: "Ý " + row.modelData.label + ", " + screen.p.t("paper." + modelData)
                                        Row { anchors.centerIn: parent; spacing: 8
                                            Rectangle { width: 18; height: 18; radius: 9; anchors.verticalCenter: parent.verticalCenter; color: "transparent"; border.width: judge.chosen ? 5 : 1.5; border.color: judge.chosen ? screen.p.theme.brand : screen.p.theme.lineStrong }
                                            Words { text: screen.p.t("paper." + judge.modelData); px: 17; wrapMode: Text.NoWrap; font.weight: judge.chosen ? 600 : 400; color: screen.p.theme.ink; Accessible.ignored: true } }
                                        TapHandler { onTapped: screen.p.judge(screen.v.item, row.modelData.identifier, judge.modelData === "true") }
                                    }
                                }
                            }
                        }
                    }
                    Words { topPadding: 10; visible: screen.v.incomplete && screen.v.item_kind === "true_false_cluster"; text: screen.p.t("paper.open_statements", { letters: screen.v.options.filter(o => o.chosen === "").map(o => o.label + ")").join(", ") }); px: 16; color: screen.p.theme.warnText }
                }
                // Part III
                Column {
                    visible: screen.v.item_kind === "short_numeric"; width: parent.width; spacing: 14
                    Words { text: screen.p.t("paper.your_answer"); px: 18; font.weight: 600; color: screen.p.theme.ink }
                    Row {
                        spacing: 12
                        Accessible.role: Accessible.EditableText; Accessible.name: screen.p.t("paper.your_answer") + " " + screen.v.cells
                        Repeater {
                            model: 4
                            Rectangle {
                                required property int index
                                width: 64; height: 76; radius: 10; color: screen.p.theme.surface
                                border.width: index === screen.v.cells.length ? 3 : 1.5; border.color: index === screen.v.cells.length ? screen.p.theme.brand : screen.p.theme.lineStrong
                                Words { anchors.centerIn: parent; text: screen.p.cells(screen.v.cells.charAt(index)); px: 36; leading: 1.2; font.weight: 600; color: screen.p.theme.ink; Accessible.ignored: true }
                            }
                        }
                    }
                    Words { text: screen.keyReason !== "" ? screen.keyReason : screen.v.incomplete ? screen.p.t("paper.incomplete") : screen.p.t("paper.cells_help"); px: 16; color: screen.keyReason !== "" || screen.v.incomplete ? screen.p.theme.warnText : screen.p.theme.ink2 }
                    Column {
                        spacing: 10
                        Repeater {
                            model: [["7", "8", "9", "back"], ["4", "5", "6", "-"], ["1", "2", "3", ","], ["0", "all"]]
                            Row {
                                id: line
                                required property var modelData
                                spacing: 10
                                Repeater {
                                    model: line.modelData
                                    KeypadKey { p: screen.p; legalKeys: screen.v.legal_keys; onPressed: k => k === "all" ? screen.p.act("Respond", [screen.v.item, ""]) : screen.cellKey(k) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    // bottom bar
    Rectangle {
        id: foot
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        height: 64; color: screen.p.theme.surface
        Rectangle { width: parent.width; height: 1; color: screen.p.theme.line }
        Row {
            x: 16; anchors.verticalCenter: parent.verticalCenter; spacing: 12
            PushButton { p: screen.p; px: 16; tall: 48; text: screen.v.flagged ? screen.p.t("paper.unflag") : screen.p.t("paper.flag"); onClicked: screen.p.act("Flag", [screen.v.item, !screen.v.flagged]) }
            PushButton { p: screen.p; px: 16; tall: 48; text: screen.p.t("paper.clear"); onClicked: screen.p.act("Respond", [screen.v.item, ""]) }
            PushButton { p: screen.p; px: 16; tall: 48; text: screen.v.frame.help === "sent" ? screen.p.t("frame.help_sent") : screen.p.t("frame.help"); onClicked: screen.helpOpen = true }
        }
        Row {
            anchors { right: parent.right; rightMargin: 16; verticalCenter: parent.verticalCenter } spacing: 12
            PushButton { p: screen.p; px: 16; tall: 48; enabled: !screen.v.first; text: screen.p.t("paper.previous"); onClicked: screen.step(-1) }
            PushButton { p: screen.p; px: 16; tall: 48; primary: true; enabled: !screen.v.last; text: screen.p.t("paper.next"); onClicked: screen.step(1) }
        }
    }
    // look
    Rectangle {
        visible: screen.lookOpen
        anchors { top: bar.bottom; right: parent.right; rightMargin: 180; topMargin: 8 }
        width: 380; height: look.height + 32; radius: 14; color: screen.p.theme.surface; border.width: 1.5; border.color: screen.p.theme.lineStrong
        Column {
            id: look; x: 16; y: 16; width: parent.width - 32; spacing: 12
            Flow { width: parent.width; spacing: 8; Repeater { model: [1, 1.25, 1.5, 1.75, 2]; PushButton { required property real modelData; p: screen.p; px: 15; tall: 44; leftPadding: 12; rightPadding: 12; primary: Math.abs(screen.p.scale - modelData) < 0.01; text: Math.round(modelData * 100) + "%"; onClicked: screen.p.set_scale(modelData) } } }
            Row { spacing: 8; Repeater { model: [["light", "Sáng"], ["dark", "Tối"], ["contrast", "Tương phản cao"]]; PushButton { required property var modelData; p: screen.p; px: 15; tall: 44; leftPadding: 12; rightPadding: 12; text: modelData[1]; onClicked: screen.p.set_theme(modelData[0]) } } }
            Row { spacing: 8; PushButton { p: screen.p; px: 15; tall: 44; text: "Tiếng Việt"; onClicked: screen.p.set_language("vi") } PushButton { p: screen.p; px: 15; tall: 44; text: "English"; onClicked: screen.p.set_language("en") } }
        }
    }
    // help
    Rectangle {
        visible: screen.helpOpen; anchors.fill: parent; color: "#990A101C"
        TapHandler { }
        Rectangle {
            anchors.centerIn: parent; width: 480; height: causes.height + 64; radius: 14; color: screen.p.theme.surface
            Column {
                id: causes; x: 32; y: 32; width: parent.width - 64; spacing: 10
                Words { text: screen.p.t("help.title"); px: 24; font.weight: 600; color: screen.p.theme.ink }
                Repeater { model: screen.p.parts("help.causes"); PushButton { required property int index; required property string modelData; p: screen.p; width: causes.width; tall: 52; text: modelData; onClicked: { screen.p.act("AskHelp", [["pc", "paper", "health", "leave", "other"][index]]); screen.helpOpen = false } } }
                PushButton { p: screen.p; width: causes.width; tall: 48; px: 16; text: screen.v.frame.help !== "none" ? screen.p.t("help.cancel") : screen.p.t("help.close"); onClicked: { if (screen.v.frame.help !== "none") screen.p.act("CancelHelp"); screen.helpOpen = false } }
            }
        }
    }
    // cover: opaque, and the view below it carries no paper
    Rectangle {
        objectName: "cover"
        visible: screen.v.cover !== null && screen.v.cover !== undefined; anchors.fill: parent; color: screen.p.theme.page
        TapHandler { }
        Column {
            anchors.centerIn: parent; spacing: 18; width: 900
            Words { width: parent.width; horizontalAlignment: Text.AlignHCenter; px: 36; font.weight: 700; color: screen.p.theme.ink; text: screen.v.cover ? screen.p.t("cover." + screen.v.cover.kind + ".title") : "" }
            Words { width: parent.width; horizontalAlignment: Text.AlignHCenter; px: 24; leading: 1.58; color: screen.p.theme.ink2; text: screen.v.cover ? screen.p.t("cover." + screen.v.cover.kind + ".text", { remaining: screen.p.span(Number(screen.v.cover.values.remaining || 0)), reason: screen.v.cover.values.reason || "" }) : "" }
            PushButton { p: screen.p; primary: true; visible: !!screen.v.cover && screen.v.cover.kind === "left_screen"; anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.t("cover.return"); onClicked: screen.p.act("ReturnToPaper") }
        }
    }
    Keys.onPressed: event => {
        event.accepted = true
        const k = event.text.toUpperCase()
        if (event.key === Qt.Key_F9) helpOpen = true
        else if (screen.v.cover) return
        else if (event.key === Qt.Key_Escape) { helpOpen = false; lookOpen = false }
        else if (event.key === Qt.Key_PageDown) step(1)
        else if (event.key === Qt.Key_PageUp) step(-1)
        else if (event.key === Qt.Key_F2) p.act("Flag", [v.item, !v.flagged])
        else if (event.key === Qt.Key_Delete) p.act("Respond", [v.item, ""])
        else if (event.key === Qt.Key_F8) lookOpen = !lookOpen
        else if (choice && "ABCD1234".indexOf(k) >= 0 && k !== "") { const o = v.options["ABCD1234".indexOf(k) % 4]; if (o) p.choose(v.item, o.identifier) }
        else if (v.item_kind === "short_numeric" && (event.key === Qt.Key_Backspace)) cellKey("back")
        else if (v.item_kind === "short_numeric" && "0123456789,.-".indexOf(k) >= 0 && k !== "") cellKey(k)
        else event.accepted = false
    }
}

import QtQuick
import QtQuick.Controls.Basic

// The exam screen S12 to S18: bar, notices, question, palette, bottom bar; dialogs and covers lie over all of it.
FocusScope {
    id: screen
    required property QtObject p
    readonly property var v: p.view
    readonly property int stem: Math.round(20 * p.scale)
    readonly property int strip_px: Math.round(14 * Math.min(1.5, p.scale))
    readonly property bool narrow: width < 1200
    readonly property bool folded: p.scale >= 1.75 || (narrow && p.scale >= 1.5)
    readonly property bool choice: v.item_kind === "single_choice" || v.item_kind === "multiple_choice"
    readonly property int open: v.tiles.filter(t => t.answered !== "full").length
    readonly property int secondsLeft: Math.max(0, Math.floor(v.remaining / 1000))
    property string over: ""          // "", look, help, list, figure
    property bool clockHidden: false
    readonly property Item answer: options.visible ? options : statements.visible ? statements : cells
    function step(n) { const i = v.tiles.findIndex(t => t.current); const t = v.tiles[i + n]; if (t) p.act("GoTo", [t.item]) }
    function show(what) { over = what; const target = { look: look, help: help, list: list, figure: zoom }[what]; if (target) target.begin() }
    function close() { over = ""; zoom.picture = null; screen.forceActiveFocus() }
    function enlarge(picture) { if (picture) { zoom.picture = picture; show("figure") } }
    // F6: question, list of questions, bottom bar, bar
    property int panel: 0
    function nextPanel() {
        if (folded) { over === "list" ? close() : show("list"); return }
        panel = (panel + 1) % 4
        if (panel === 0) answer.begin(); else if (panel === 1) side.begin(); else if (panel === 2) flagButton.forceActiveFocus(); else aa.forceActiveFocus()
    }

    // bar
    Rectangle {
        id: bar
        width: parent.width; height: 72; color: screen.p.theme.surface
        Rectangle { anchors.bottom: parent.bottom; width: parent.width; height: 1; color: screen.p.theme.line }
        Rectangle { id: logo; visible: !screen.narrow; x: 20; y: 16; width: 40; height: 40; radius: 10; color: screen.v.frame.practice ? screen.p.theme.help : screen.p.theme.brand; Words { anchors.centerIn: parent; text: "KT"; px: 18; font.weight: 700; color: screen.p.theme.onBrand; Accessible.ignored: true } }
        Column {
            x: screen.narrow ? 16 : 76; anchors.verticalCenter: parent.verticalCenter; width: right.x - x - 16
            Words { width: parent.width; text: screen.narrow ? screen.v.frame.subject : screen.v.frame.exam_name + " – " + screen.v.frame.subject; px: 16; font.weight: 600; color: screen.p.theme.ink; wrapMode: Text.NoWrap; elide: Text.ElideRight }
            Words { width: parent.width; text: screen.p.t("paper.place", { code: screen.v.form_code, room: screen.v.frame.room, seat: screen.v.frame.seat }); px: 14; leading: 1.57; color: screen.p.theme.ink2; wrapMode: Text.NoWrap; elide: Text.ElideRight }
        }
        Row {
            id: right
            anchors.right: parent.right; anchors.rightMargin: 16; anchors.verticalCenter: parent.verticalCenter; spacing: screen.narrow ? 10 : 16
            Column {
                anchors.verticalCenter: parent.verticalCenter; width: Math.min(screen.narrow ? 190 : 260, Math.max(who.implicitWidth, sbd.implicitWidth))
                Words { id: who; width: parent.width; horizontalAlignment: Text.AlignRight; text: screen.v.frame.candidate_name; px: 16; font.weight: 600; color: screen.p.theme.ink; wrapMode: Text.NoWrap; elide: Text.ElideRight }
                Words { id: sbd; width: parent.width; horizontalAlignment: Text.AlignRight; text: screen.p.t("paper.sbd", { sbd: screen.v.frame.sbd }); px: 14; leading: 1.57; color: screen.p.theme.ink2; wrapMode: Text.NoWrap }
            }
            Rectangle {
                id: chip
                readonly property string kind: screen.v.save === "failed" ? "bad" : screen.v.save === "waiting" || screen.v.save === "saving" ? "warn" : "ok"
                readonly property bool good: kind === "ok"
                anchors.verticalCenter: parent.verticalCenter
                width: saved.width + 24; height: 36; radius: 18; color: screen.p.theme[kind + "Tint"]; border.width: screen.p.theme_name === "contrast" ? 1.5 : 0; border.color: screen.p.theme[kind + "Text"]
                Accessible.role: Accessible.StaticText; Accessible.name: screen.p.t("paper." + screen.v.save, { waiting: screen.v.waiting })
                Row { id: saved; x: 12; anchors.verticalCenter: parent.verticalCenter; spacing: 8
                    Tick { kind: chip.kind; side: 18; fill: screen.p.theme[chip.kind]; sign: chip.kind === "warn" ? screen.p.theme.onWarn : screen.p.theme.onStatus; anchors.verticalCenter: parent.verticalCenter }
                    Words { Accessible.ignored: true; text: screen.narrow && chip.good ? screen.p.t("paper.saved") : screen.p.t("paper." + screen.v.save, { waiting: screen.v.waiting }); px: 14; font.weight: 500; wrapMode: Text.NoWrap; color: screen.p.theme[chip.kind + "Text"] } }
            }
            PushButton { id: aa; p: screen.p; anchors.verticalCenter: parent.verticalCenter; text: "Aa"; px: 16; tall: 48; leftPadding: 14; rightPadding: 14; onClicked: screen.over === "look" ? screen.close() : screen.show("look"); Accessible.name: screen.p.t("look.title") + " (F8)" }
            Rectangle {
                id: box
                width: 152; height: 56; radius: 10; anchors.verticalCenter: parent.verticalCenter
                readonly property bool last: screen.secondsLeft <= 60
                readonly property bool warn: !last && screen.secondsLeft <= 300
                readonly property bool soon: !last && !warn && screen.secondsLeft <= 900
                readonly property bool hidden: screen.clockHidden && screen.secondsLeft > 300
                color: last ? screen.p.theme.bad : warn ? screen.p.theme.warn : soon ? screen.p.theme.warnTint : screen.p.theme.surface
                border.width: 1.5; border.color: screen.p.theme.lineStrong
                readonly property color ink: last ? screen.p.theme.onStatus : warn ? screen.p.theme.onWarn : screen.p.theme.ink
                activeFocusOnTab: true
                Accessible.role: Accessible.Button; Accessible.name: hidden ? screen.p.t("paper.show_clock") : screen.p.t("paper.time") + " " + screen.p.span(screen.v.remaining)
                function toggle() { screen.clockHidden = !screen.clockHidden }
                Accessible.onPressAction: toggle()
                TapHandler { onTapped: box.toggle() }
                Keys.onSpacePressed: toggle()
                Keys.onReturnPressed: toggle()
                Tick { visible: box.last; kind: "bad"; side: 16; x: 6; y: 8; fill: screen.p.theme.onStatus; sign: screen.p.theme.bad }
                Column {
                    anchors.centerIn: parent
                    Words { text: box.hidden ? screen.p.t("paper.show_clock") : screen.p.t("paper.time"); px: 14; leading: 1.3; color: box.ink; anchors.horizontalCenter: parent.horizontalCenter; leftPadding: box.last ? 14 : 0; wrapMode: Text.NoWrap; Accessible.ignored: true }
                    Digits { objectName: "clock"; visible: !box.hidden; text: screen.p.span(screen.v.remaining); px: 24; ink: box.ink; anchors.horizontalCenter: parent.horizontalCenter; Accessible.name: screen.p.t("paper.time") + " " + text }
                }
                Rectangle { anchors.fill: parent; anchors.margins: -5; radius: 15; color: "transparent"; border.width: 3; border.color: screen.p.theme.focus; visible: box.activeFocus }
            }
        }
    }
    PracticeBand { id: practice; p: screen.p; shown: screen.v.frame.practice; anchors { top: bar.bottom; left: parent.left; right: parent.right } }
    NoticeBand { id: band; p: screen.p; v: screen.v; open: screen.open; narrow: screen.narrow; anchors { top: practice.bottom; left: parent.left; right: parent.right } onListWanted: screen.p.act("OpenReview") }
    QuestionList {
        id: side
        visible: !screen.folded
        p: screen.p; v: screen.v; columns: screen.narrow ? 4 : 5; legend: !screen.narrow && height > 540
        anchors { top: band.bottom; right: parent.right; bottom: foot.top; margins: 16 }
        width: screen.folded ? 0 : screen.narrow ? 224 : 272
        onReviewWanted: screen.p.act("OpenReview")
    }
    // question
    Rectangle {
        id: card
        anchors { top: band.bottom; left: parent.left; right: side.left; bottom: foot.top; margins: 16; rightMargin: screen.folded ? 0 : 16 }
        radius: 14; color: screen.p.theme.surface; border.width: screen.p.theme_name === "contrast" ? 2 : 1; border.color: screen.p.theme.line; clip: true
        Words {
            visible: screen.p.theme_name !== "contrast"
            anchors.centerIn: parent; rotation: -24; opacity: 0.05; px: 64; font.weight: 700; color: screen.p.theme.ink; wrapMode: Text.NoWrap
            text: (screen.v.frame.practice ? screen.p.t("practice.mark") + " · " : "") + screen.v.frame.sbd + " · " + screen.v.frame.seat; Accessible.ignored: true
        }
        Rectangle {
            id: strip
            x: 1; y: 1; width: parent.width - 2; height: heading.height + 20; radius: 13; color: screen.p.theme.sunken
            Rectangle { anchors { left: parent.left; right: parent.right; bottom: parent.bottom } height: 14; color: parent.color }
            Words { id: heading; x: 24; y: 10; width: parent.width - 48; px: screen.strip_px; leading: 1.57; color: screen.p.theme.ink; text: screen.p.language === "en" && screen.v.part_heading_en !== "" ? screen.v.part_heading_en : screen.v.part_heading; Accessible.role: Accessible.Heading }
        }
        Flickable {
            id: flick
            anchors { top: strip.bottom; left: parent.left; right: parent.right; bottom: more.top }
            contentHeight: body.height + 40; clip: true; boundsBehavior: Flickable.StopAtBounds
            ScrollBar.vertical: ScrollBar { policy: flick.contentHeight > flick.height ? ScrollBar.AlwaysOn : ScrollBar.AlwaysOff }
            Column {
                id: body
                x: 24; y: 20; width: flick.width - 48; spacing: 16
                readonly property var figure: screen.v.stem.filter(x => x.kind === "picture")
                readonly property bool beside: figure.length > 0 && body.width > 640
                Words { text: screen.p.t("paper.question", { number: screen.v.number }); px: screen.stem; leading: 1.6; font.weight: 700; color: screen.p.theme.brand; Accessible.role: Accessible.Heading }
                Item { // a text that several questions share
                    visible: screen.v.passage.length > 0; width: parent.width; height: visible ? shared.height : 0
                    Rectangle { width: 4; height: parent.height; radius: 2; color: screen.p.theme.lineStrong }
                    Content { id: shared; objectName: "passage"; x: 20; p: screen.p; px: Math.round(18 * screen.p.scale); maximum: body.width - 20; pieces: screen.v.passage }
                }
                Flow {
                    spacing: 28; width: parent.width
                    Content { id: stemText; p: screen.p; px: screen.stem; maximum: body.beside ? body.width - 340 : body.width; pieces: screen.v.stem.filter(x => x.kind !== "picture") }
                    Column {
                        visible: body.figure.length > 0; spacing: 6
                        Content { p: screen.p; px: screen.stem; maximum: 300; pieces: body.figure; TapHandler { onTapped: screen.enlarge(body.figure[0]) } }
                        PushButton { p: screen.p; px: 14; tall: 44; leftPadding: 12; rightPadding: 12; sign: "zoom"; text: screen.p.t("figure.enlarge"); onClicked: screen.enlarge(body.figure[0]) }
                    }
                }
                Words { visible: screen.v.item_kind === "multiple_choice"; text: screen.p.t("paper.several"); px: Math.round(16 * Math.min(1.5, screen.p.scale)); color: screen.p.theme.ink2; width: parent.width }
                ChoiceAnswer { id: options; visible: screen.choice; p: screen.p; v: screen.v; px: screen.stem; width: parent.width; most: screen.p.scale >= 1.75 ? 1 : 4 }
                ClusterAnswer { id: statements; visible: screen.v.item_kind === "true_false_cluster"; p: screen.p; v: screen.v; px: screen.stem; width: parent.width }
                CellsAnswer { id: cells; visible: screen.v.item_kind === "short_numeric"; p: screen.p; v: screen.v; px: screen.stem; width: parent.width }
            }
        }
        Rectangle {
            id: more
            readonly property bool needed: flick.contentHeight - flick.contentY > card.height - strip.height + 12
            anchors { left: parent.left; right: parent.right; bottom: parent.bottom; margins: 1 }
            height: needed ? 32 : 0; visible: needed; color: screen.p.theme.sunken; radius: 13
            Words { anchors.centerIn: parent; text: screen.p.t("paper.more"); px: 14; color: screen.p.theme.ink2 }
            TapHandler { onTapped: flick.contentY = Math.min(flick.contentHeight - flick.height, flick.contentY + flick.height * 0.8) }
        }
    }
    property string placed: ""
    // A new question scrolls up and forgets what was said of the last one's keys.
    function arrive() { if (placed !== v.item) { placed = v.item; flick.contentY = 0; statements.row = 0; cells.reason = "" } }
    onVChanged: if (v.item !== undefined) arrive()
    Component.onCompleted: arrive()
    // bottom bar
    Rectangle {
        id: foot
        anchors { left: parent.left; right: parent.right; bottom: parent.bottom }
        height: 64; color: screen.p.theme.surface
        Rectangle { width: parent.width; height: 1; color: screen.p.theme.line }
        component Act: PushButton { p: screen.p; px: screen.narrow ? 15 : 16; tall: 48; leftPadding: screen.narrow ? 12 : 18; rightPadding: leftPadding }
        Row {
            x: 16; anchors.verticalCenter: parent.verticalCenter; spacing: screen.narrow ? 8 : 12
            Act { id: flagButton; sign: "flag"; text: screen.v.flagged ? screen.p.t("paper.unflag") : screen.p.t("paper.flag"); onClicked: screen.p.act("Flag", [screen.v.item, !screen.v.flagged]) }
            Act { text: screen.p.t("paper.clear"); onClicked: screen.p.act("Respond", [screen.v.item, ""]) }
            Act { sign: "hand"; text: screen.v.frame.help === "sent" ? screen.p.t("frame.help_sent") : screen.narrow ? screen.p.t("frame.help_short") : screen.p.t("frame.help"); Accessible.name: screen.p.t("frame.help") + " (F9)"; onClicked: screen.show("help") }
            Act { visible: screen.folded; sign: "list"; text: screen.narrow ? "F6" : screen.p.t("paper.palette") + " (F6)"; Accessible.name: screen.p.t("paper.palette") + " (F6)"; onClicked: screen.show("list") }
        }
        Row {
            anchors { right: parent.right; rightMargin: 16; verticalCenter: parent.verticalCenter } spacing: screen.narrow ? 8 : 12
            Act { sign: "left"; enabled: !screen.v.first; text: screen.narrow && screen.folded ? "" : screen.p.t("paper.previous"); Accessible.name: screen.p.t("paper.previous"); onClicked: screen.step(-1) }
            Act { sign: "right"; signLast: true; primary: true; enabled: !screen.v.last; text: screen.narrow ? screen.p.t("paper.next_short") : screen.p.t("paper.next"); Accessible.name: screen.p.t("paper.next"); onClicked: screen.step(1) }
        }
    }
    // over the paper
    QuestionList {
        id: list
        visible: screen.folded && screen.over === "list"
        p: screen.p; v: screen.v; columns: 5; legend: true; width: 320; height: Math.min(parent.height - 96, 600); anchors { right: parent.right; rightMargin: 16; bottom: foot.top; bottomMargin: 8 }
        onReviewWanted: { screen.close(); screen.p.act("OpenReview") }
    }
    LookPanel { id: look; p: screen.p; visible: screen.over === "look"; anchors { top: bar.bottom; right: parent.right; rightMargin: 16; topMargin: 8 } onClosed: screen.close() }
    HelpDialog { id: help; p: screen.p; state_: screen.v.frame.help; visible: screen.over === "help"; anchors.fill: parent; onClosed: screen.close() }
    Figure { id: zoom; p: screen.p; anchors.fill: parent; onClosed: screen.close() }
    Cover { p: screen.p; anchors.fill: parent; notice: screen.v.cover || null }
    Connections { target: screen; function onSecondsLeftChanged() { if (screen.secondsLeft <= 300) screen.clockHidden = false } }
    Keys.onPressed: event => {
        event.accepted = true
        const k = event.text.toUpperCase(), cluster = v.item_kind === "true_false_cluster"
        if (event.key === Qt.Key_F9) show("help")
        else if (v.cover) event.accepted = false
        else if ((event.modifiers & Qt.ControlModifier) && (event.key === Qt.Key_Plus || event.key === Qt.Key_Equal)) p.step_scale(1)
        else if ((event.modifiers & Qt.ControlModifier) && event.key === Qt.Key_Minus) p.step_scale(-1)
        else if (event.key === Qt.Key_F8) over === "look" ? close() : show("look")
        else if (event.key === Qt.Key_Escape) close()
        else if (over !== "" && over !== "list") event.accepted = false
        else if (event.key === Qt.Key_F6) nextPanel()
        else if (event.key === Qt.Key_F7) enlarge(body.figure[0])
        else if (event.key === Qt.Key_PageDown) step(1)
        else if (event.key === Qt.Key_PageUp) step(-1)
        else if (event.key === Qt.Key_F2) p.act("Flag", [v.item, !v.flagged])
        else if (event.key === Qt.Key_Delete) p.act("Respond", [v.item, ""])
        else if (choice && "ABCD1234".indexOf(k) >= 0 && k !== "") { const o = v.options["ABCD1234".indexOf(k) % 4]; if (o) p.choose(v.item, o.identifier) }
        else if (cluster && event.key === Qt.Key_Down) answer.move(1)
        else if (cluster && event.key === Qt.Key_Up) answer.move(-1)
        else if (cluster && k !== "" && (k === "T" || k === "D")) answer.judgeRow(true)
        else if (cluster && k !== "" && (k === "F" || k === "S")) answer.judgeRow(false)
        else if (v.item_kind === "short_numeric" && (event.key === Qt.Key_Backspace)) answer.type("back")
        else if (v.item_kind === "short_numeric" && "0123456789,.-".indexOf(k) >= 0 && k !== "") answer.type(k)
        else event.accepted = false
    }
}

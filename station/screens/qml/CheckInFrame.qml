import QtQuick
import QtQuick.Controls.Basic

// Top bar, body, footer of S01 to S11. The body is given; one title, one instruction, buttons on the left.
FocusScope {
    id: frame
    required property QtObject p
    readonly property var v: p.view
    property int step: 0
    property string code: ""
    property string over: ""
    readonly property bool narrow: width < 1200
    readonly property real ui: Math.min(1.5, p.scale)
    function close() { over = ""; frame.forceActiveFocus() }
    default property alias body: content.data
    Rectangle {
        id: bar
        width: parent.width; height: 72; color: frame.p.theme.surface
        Rectangle { anchors.bottom: parent.bottom; width: parent.width; height: 1; color: frame.p.theme.line }
        Rectangle {
            id: logo; x: 24; y: 16; width: 40; height: 40; radius: 10; color: frame.v.frame.practice ? frame.p.theme.help : frame.p.theme.brand
            Words { anchors.centerIn: parent; text: "KT"; px: 18; font.weight: 700; color: frame.p.theme.onBrand; Accessible.ignored: true }
        }
        Column {
            anchors.left: logo.right; anchors.leftMargin: 16; anchors.verticalCenter: parent.verticalCenter; width: right.x - x - 16
            Words { width: parent.width; text: frame.narrow ? frame.v.frame.subject : frame.v.frame.exam_name; px: 16; font.weight: 600; color: frame.p.theme.ink; wrapMode: Text.NoWrap; elide: Text.ElideRight }
            Words { width: parent.width; wrapMode: Text.NoWrap; elide: Text.ElideRight; visible: frame.v.frame.room !== ""; text: frame.p.t("frame.place", { shift: frame.v.frame.shift, room: frame.v.frame.room, seat: frame.v.frame.seat }); px: 14; leading: 1.57; color: frame.p.theme.ink2 }
        }
        Row {
            id: right
            anchors.right: parent.right; anchors.rightMargin: 24; anchors.verticalCenter: parent.verticalCenter; spacing: frame.narrow ? 12 : 24
            Words { visible: frame.narrow && frame.step > 0; anchors.verticalCenter: parent.verticalCenter; px: 16; wrapMode: Text.NoWrap; color: frame.p.theme.ink; text: frame.step > 0 ? frame.p.t("frame.step_short", { n: frame.step, name: frame.p.parts("frame.steps")[frame.step - 1] }) : "" }
            Row {
                visible: frame.step > 0 && !frame.narrow
                spacing: 8; anchors.verticalCenter: parent.verticalCenter
                Accessible.role: Accessible.StaticText
                Accessible.name: frame.step > 0 ? frame.p.t("frame.step", { n: frame.step, name: frame.p.parts("frame.steps")[frame.step - 1] }) : ""
                Repeater {
                    model: frame.p.parts("frame.steps")
                    Row {
                        required property int index
                        required property string modelData
                        spacing: 8
                        Rectangle { visible: index > 0; width: 20; height: 2; color: frame.p.theme.line; anchors.verticalCenter: parent.verticalCenter }
                        Tick { visible: index + 1 < frame.step; side: 20; fill: frame.p.theme.ok; sign: frame.p.theme.onStatus; anchors.verticalCenter: parent.verticalCenter }
                        Tick { visible: index + 1 >= frame.step; kind: index + 1 === frame.step ? "current" : "pending"; side: 20; fill: index + 1 === frame.step ? frame.p.theme.brand : frame.p.theme.lineStrong; anchors.verticalCenter: parent.verticalCenter }
                        Words { text: modelData; px: 16; wrapMode: Text.NoWrap; font.weight: index + 1 === frame.step ? 600 : 400; color: index + 1 === frame.step ? frame.p.theme.ink : frame.p.theme.ink2; anchors.verticalCenter: parent.verticalCenter }
                    }
                }
            }
            PushButton { p: frame.p; text: frame.p.t("frame.language"); px: 16; tall: 44; leftPadding: 16; rightPadding: 16; onClicked: frame.p.set_language(frame.p.language === "vi" ? "en" : "vi") }
            PushButton { p: frame.p; text: "Aa"; px: 16; tall: 44; leftPadding: 14; rightPadding: 14; Accessible.name: frame.p.t("look.title") + " (F8)"; onClicked: { frame.over = frame.over === "look" ? "" : "look"; if (frame.over) look.begin() } }
        }
    }
    PracticeBand { id: practice; p: frame.p; shown: frame.v.frame.practice; anchors { top: bar.bottom; left: parent.left; right: parent.right } }
    Rectangle {
        id: alarm
        anchors { top: practice.bottom; left: parent.left; right: parent.right }
        visible: frame.v.frame.alarm !== ""; height: visible ? Math.max(44, said.height + 16) : 0; color: frame.p.theme.badTint; border.width: visible && frame.p.theme_name === "contrast" ? 2 : 0; border.color: frame.p.theme.line
        readonly property string words: visible ? frame.p.code_text(frame.v.frame.alarm, {}) : ""
        onWordsChanged: if (words !== "") Accessible.announce(words, Accessible.Assertive)
        Accessible.role: Accessible.AlertMessage; Accessible.name: words
        Row {
            x: 24; width: parent.width - 48; anchors.verticalCenter: parent.verticalCenter; spacing: 12
            Tick { kind: "bad"; side: 20; fill: frame.p.theme.bad; sign: frame.p.theme.onStatus; anchors.verticalCenter: parent.verticalCenter }
            Words { id: said; width: parent.width - 32; px: 16; color: frame.p.theme.ink; text: alarm.words + "  " + frame.p.t("frame.code", { code: frame.v.frame.alarm }); Accessible.ignored: true; anchors.verticalCenter: parent.verticalCenter }
        }
    }
    // Nothing scrolls at 100 %; at larger text what lies below is reached by wheel, finger or Tab.
    Flickable {
        id: flick
        anchors { top: alarm.bottom; bottom: footer.top; horizontalCenter: parent.horizontalCenter }
        width: Math.min(1160, parent.width - 64)
        readonly property real tall: { let most = 0; for (const item of content.children) most = Math.max(most, item.implicitHeight); return most }
        contentHeight: Math.max(height, tall + 24); clip: contentHeight > height; boundsBehavior: Flickable.StopAtBounds
        ScrollBar.vertical: ScrollBar { policy: flick.contentHeight > flick.height ? ScrollBar.AlwaysOn : ScrollBar.AlwaysOff }
        Item { id: content; width: flick.width; height: flick.contentHeight }
    }
    Words { visible: flick.contentHeight - flick.contentY > flick.height + 12; anchors { bottom: footer.top; horizontalCenter: parent.horizontalCenter } text: frame.p.t("paper.more"); px: 14; color: frame.p.theme.ink2 }
    Item {
        id: footer
        anchors { bottom: parent.bottom; left: parent.left; right: parent.right; leftMargin: 32; rightMargin: 32 }
        height: 68
        PushButton {
            p: frame.p; anchors.verticalCenter: parent.verticalCenter; px: 16; tall: 48
            text: frame.v.frame.help === "sent" ? frame.p.t("frame.help_sent") : frame.p.t("frame.help") + "  (F9)"
            sign: "hand"
            onClicked: frame.help()
        }
        Words { anchors.right: parent.right; anchors.verticalCenter: parent.verticalCenter; visible: frame.code !== ""; text: frame.p.t("frame.code", { code: frame.code }); px: 14; color: frame.p.theme.ink2 }
    }
    function help() { over = "help"; dialog.begin() }
    LookPanel { id: look; p: frame.p; visible: frame.over === "look"; anchors { top: bar.bottom; right: parent.right; rightMargin: 16; topMargin: 8 } onClosed: frame.close() }
    HelpDialog { id: dialog; p: frame.p; state_: frame.v.frame.help; visible: frame.over === "help"; anchors.fill: parent; onClosed: frame.close() }
    Keys.onPressed: event => {
        event.accepted = true
        if (event.key === Qt.Key_F9) help()
        else if (event.key === Qt.Key_F12) p.act("OpenAtSeat")
        else if (event.key === Qt.Key_F8) { over = over === "look" ? "" : "look"; if (over) look.begin() }
        else if (event.key === Qt.Key_Escape && over !== "") close()
        else if ((event.modifiers & Qt.ControlModifier) && (event.key === Qt.Key_Plus || event.key === Qt.Key_Equal)) p.step_scale(1)
        else if ((event.modifiers & Qt.ControlModifier) && event.key === Qt.Key_Minus) p.step_scale(-1)
        else event.accepted = false
    }
}

import QtQuick

// S17: opaque; the view below it carries no paper. Says what the clock does.
Rectangle {
    id: cover
    required property QtObject p
    property var notice: null
    objectName: "cover"
    visible: !!notice
    readonly property string kind: notice ? notice.kind : ""
    readonly property bool leaving: kind === "evacuation"
    readonly property color ink: leaving ? p.theme.onWarn : p.theme.ink
    color: leaving ? p.theme.warn : p.theme.page
    TapHandler { }
    readonly property string title: kind ? p.t("cover." + kind + ".title") : ""
    readonly property string words: kind ? p.t("cover." + kind + ".text", { remaining: p.span(Number(notice.values.remaining || 0)), reason: notice.values.reason || "" }) : ""
    onTitleChanged: if (title !== "") { Accessible.announce(title + ". " + words, Accessible.Assertive); if (kind === "left_screen") back.forceActiveFocus(); else cover.forceActiveFocus() }
    Column {
        anchors.centerIn: parent; spacing: 20; width: Math.min(900, parent.width - 80)
        Icon { anchors.horizontalCenter: parent.horizontalCenter; visible: cover.kind !== "left_screen"; kind: cover.leaving ? "exit" : "pause"; side: 96; ink: cover.ink }
        Words { width: parent.width; horizontalAlignment: Text.AlignHCenter; px: 36; font.weight: 700; color: cover.ink; text: cover.title; Accessible.role: Accessible.Heading }
        Words { width: parent.width; horizontalAlignment: Text.AlignHCenter; px: 24; leading: 1.58; color: cover.leaving ? cover.ink : cover.p.theme.ink2; text: cover.words }
        PushButton { id: back; p: cover.p; primary: true; visible: cover.kind === "left_screen"; anchors.horizontalCenter: parent.horizontalCenter; text: cover.p.t("cover.return"); onClicked: cover.p.act("ReturnToPaper") }
    }
}

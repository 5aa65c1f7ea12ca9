import QtQuick

// S16: one line under the bar, newest first, never over the question. News that needs no answer leaves by itself.
Rectangle {
    id: band
    required property QtObject p
    required property var v
    required property int open
    property bool narrow: false
    signal listWanted()
    property var gone: ({})
    readonly property var lasting: ({ offline: 10000, back: 6000, minutes_15: 8000, minutes_5: 8000, resumed: 10000, clock_set: 10000, clipboard: 10000, second_screen: 10000, screenshot_key: 10000, system_key: 10000, close_request: 10000 })
    function key(x) { return x.kind + JSON.stringify(x.values) }
    readonly property var waiting: v.notices.filter(x => !gone[key(x)])
    readonly property var n: waiting.length ? waiting[0] : null
    readonly property string kind: n ? n.kind : ""
    readonly property bool grave: kind === "minute_1" || kind === "not_saved"
    readonly property bool good: kind === "back" || kind === "resumed"
    readonly property bool calm: kind === "message" || kind === "extra_time" || kind === "clock_set"
    height: n ? Math.max(44, line.height + 12) : 0; visible: n !== null; clip: true
    color: grave ? p.theme.badTint : good ? p.theme.okTint : calm ? p.theme.brandTint : p.theme.warnTint
    border.width: n && p.theme_name === "contrast" ? 2 : 0; border.color: p.theme.line
    readonly property string words: n ? p.t("notice." + n.kind, { text: n.values.text || "", at: n.values.at ? p.time(Number(n.values.at)) : "", minutes: n.values.minutes || "", end: n.values.end ? p.time(Number(n.values.end)) : "", open: open }) : ""
    onWordsChanged: if (n) { Accessible.announce(words, grave ? Accessible.Assertive : Accessible.Polite); if (lasting[kind]) leave.restart() }
    Timer { id: leave; interval: band.lasting[band.kind] || 10000; onTriggered: if (band.n && band.lasting[band.kind]) { const more = Object.assign({}, band.gone); more[band.key(band.n)] = true; band.gone = more } }
    Accessible.role: Accessible.AlertMessage; Accessible.name: words
    Row {
        id: line
        x: 20; width: parent.width - 40; anchors.verticalCenter: parent.verticalCenter; spacing: 12
        Tick { id: shape; kind: band.grave ? "bad" : band.good ? "ok" : band.calm ? "info" : "warn"; side: 20; fill: band.grave ? band.p.theme.bad : band.good ? band.p.theme.ok : band.calm ? band.p.theme.info : band.p.theme.warn; sign: shape.kind === "warn" ? band.p.theme.onWarn : band.p.theme.onStatus; anchors.verticalCenter: parent.verticalCenter }
        Words { anchors.verticalCenter: parent.verticalCenter; px: 16; color: band.p.theme.ink; text: band.words; Accessible.ignored: true; width: Math.min(implicitWidth, line.width - 44 - (act.visible ? act.width + 12 : 0) - (rest.visible ? rest.width + 12 : 0)) }
        Words { id: rest; visible: band.waiting.length > 1; anchors.verticalCenter: parent.verticalCenter; px: 14; color: band.p.theme.ink2; wrapMode: Text.NoWrap; text: band.p.t("notice.more", { more: band.waiting.length - 1 }) }
        PushButton { id: act; p: band.p; visible: band.n !== null && (band.n.instruction > 0 || band.kind === "minutes_5"); anchors.verticalCenter: parent.verticalCenter; px: 14; tall: 44; leftPadding: 12; rightPadding: 12; text: band.kind === "minutes_5" ? band.p.t("notice.list") : band.p.t("notice.read"); onClicked: band.kind === "minutes_5" ? band.listWanted() : band.p.act("ReadMessage", [band.n.instruction]) }
    }
}

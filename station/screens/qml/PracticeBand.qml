import QtQuick

// S22: on every screen of a practice, so that nobody takes it for the exam.
Rectangle {
    id: band
    required property QtObject p
    property bool shown: false
    visible: shown; height: shown ? 28 : 0; color: p.theme.help; clip: true
    Repeater { model: band.shown ? Math.ceil(band.width / 24) : 0; Rectangle { required property int index; x: index * 24; y: -20; width: 6; height: 70; rotation: 30; color: band.p.theme.onStatus; opacity: 0.14 } }
    Words { anchors.centerIn: parent; text: band.p.t("practice.band"); px: 14; font.weight: 600; color: band.p.theme.onStatus; wrapMode: Text.NoWrap }
}

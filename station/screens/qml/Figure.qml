import QtQuick
import QtQuick.Controls.Basic

// F7: one figure over the whole screen, on white, larger and smaller; drawn anew at each size, so it stays sharp.
Rectangle {
    id: zoom
    required property QtObject p
    property var picture: null
    property real factor: 1
    signal closed()
    visible: picture !== null
    color: p.theme.page
    TapHandler { }
    readonly property real fit: picture ? Math.min((width - 80) / picture.width, (height - 150) / picture.height) : 1
    onPictureChanged: factor = 1
    function larger(by) { factor = Math.min(3, Math.max(0.5, factor * by)) }
    Flickable {
        anchors { fill: parent; bottomMargin: 80; margins: 20 }
        contentWidth: Math.max(width, card.width); contentHeight: Math.max(height, card.height); clip: true; boundsBehavior: Flickable.StopAtBounds
        ScrollBar.vertical: ScrollBar { } ScrollBar.horizontal: ScrollBar { }
        Rectangle {
            id: card
            width: zoom.picture ? zoom.picture.width * zoom.fit * zoom.factor + 24 : 0; height: zoom.picture ? zoom.picture.height * zoom.fit * zoom.factor + 24 : 0
            anchors.centerIn: parent; color: "#FFFFFF"; radius: 10; border.width: 1; border.color: zoom.p.theme.lineStrong
            Image { anchors.fill: parent; anchors.margins: 12; source: zoom.picture ? "image://paper/" + zoom.picture.sha256 + "/14213D" : ""; sourceSize: Qt.size(Math.ceil(width), Math.ceil(height)); Accessible.role: Accessible.Graphic; Accessible.name: zoom.picture ? zoom.picture.alt : "" }
        }
    }
    Row {
        anchors { horizontalCenter: parent.horizontalCenter; bottom: parent.bottom; bottomMargin: 16 } spacing: 12
        PushButton { p: zoom.p; tall: 48; text: "+"; px: 24; Accessible.name: zoom.p.t("figure.larger"); onClicked: zoom.larger(1.25) }
        PushButton { p: zoom.p; tall: 48; text: "−"; px: 24; Accessible.name: zoom.p.t("figure.smaller"); onClicked: zoom.larger(0.8) }
        PushButton { id: back; p: zoom.p; tall: 48; px: 16; primary: true; text: zoom.p.t("figure.back"); onClicked: zoom.closed() }
    }
    function begin() { back.forceActiveFocus() }
    Keys.onPressed: event => {
        event.accepted = true
        if (event.key === Qt.Key_Escape || event.key === Qt.Key_F7) closed()
        else if (event.text === "+" || event.text === "=") larger(1.25)
        else if (event.text === "-") larger(0.8)
        else event.accepted = false
    }
}

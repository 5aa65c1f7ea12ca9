import QtQuick
Announcement {
    id: screen
    pictured: false
    title: p.t("S21.title"); instruction: p.t("S21.text")
    Row { spacing: 12; anchors.horizontalCenter: parent.horizontalCenter
        Repeater { model: screen.p.parts("S21.words"); PushButton { required property int index; required property string modelData; p: screen.p; px: 17; width: 200; leftPadding: 8; rightPadding: 8; text: modelData; onClicked: screen.p.act("AnswerSurvey", [index + 1]) } } }
    PushButton { p: screen.p; px: 16; anchors.horizontalCenter: parent.horizontalCenter; text: screen.p.t("S21.skip"); onClicked: screen.p.act("AnswerSurvey", [0]) }
}

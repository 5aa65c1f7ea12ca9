import QtQuick

// One view at a time; the loader's item carries the screen's code as its objectName.
Rectangle {
    id: root
    required property QtObject p
    readonly property real f: Math.max(1, Math.min(width / 1366, height / 768, 1.4))
    color: p.theme.page
    readonly property var files: ({
        S00: "OutOfService", S01: "WaitingForCard", S02: "Consent", S03: "ReadingCard", S04: "CardGone", S05: "WrongPlace",
        S06: "CardNotVerified", S07: "CheckDetails", S08: "LookAtCamera", S09: "WaitForInvigilator", S09b: "ConfirmAtSeat",
        S10: "Rules", S11: "WaitForSignal", S12: "Paper", S18: "Review", S19: "TimeOver", S20: "Receipt", S21: "Survey",
        S23: "Recovered", S24: "MovedIn", S24a: "MovedAway", S24b: "TakeOver"
    })
    Item {
        width: root.width / root.f; height: root.height / root.f
        scale: root.f; transformOrigin: Item.TopLeft
        Loader {
            id: loader
            anchors.fill: parent
            focus: true
            onLoaded: { item.objectName = root.p.screen; item.forceActiveFocus() }
            function place() { setSource(root.files[root.p.screen] + ".qml", { p: root.p }) }
        }
    }
    property string shown: ""
    function refresh() { if (shown !== p.screen) { shown = p.screen; loader.place() } }
    property string spoken: ""
    // Texts are asked for by call, so a change of language draws the screen anew.
    function respeak() { if (spoken !== p.language) { spoken = p.language; loader.place() } }
    Connections { target: root.p; function onChanged() { root.refresh() } function onStyled() { root.respeak() } }
    Component.onCompleted: { spoken = p.language; refresh() }
}

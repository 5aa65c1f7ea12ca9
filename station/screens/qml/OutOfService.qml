import QtQuick
// Nobody has to be called while the PC starts (K000) or after the shift has closed (K302).
Announcement {
    readonly property bool quiet: v.code === "K000" || v.code === "K302"
    kind: "hand"; pictured: !quiet
    title: p.t(v.code === "K000" ? "S00.starting" : v.code === "K302" ? "S00.closed" : "S00.title")
    instruction: p.code_text(v.code, {}); code: v.code
}

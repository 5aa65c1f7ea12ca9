import QtQuick
Announcement {
    step: 1; kind: "hand"; code: v.code
    title: p.t("S05." + v.code + ".title")
    instruction: p.t("S05." + v.code + ".text", { seat: v.right_seat, room: v.right_room, site: v.right_site, shift: v.right_shift, time: p.time(v.right_time), minutes: v.late_minutes })
}

import QtQuick
Announcement {
    id: screen
    pictured: false
    title: p.t("S19.title")
    instruction: v.by_force ? p.t("S19.force", { time: p.time(v.closed_at) }) : p.t("S19.text", { answered: v.answered, items: v.items })
    Words { anchors.horizontalCenter: parent.horizontalCenter; width: 900; horizontalAlignment: Text.AlignHCenter; px: 18; color: screen.p.theme.ink2; text: screen.p.t("S19.where", { here: screen.v.saved_here, answered: screen.v.answered, centre: screen.v.saved_centre }) }
}

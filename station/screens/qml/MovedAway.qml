import QtQuick
Announcement { pictured: false; title: p.t("S24a.title", { seat: v.to_seat }); instruction: p.t("S24a.text") }

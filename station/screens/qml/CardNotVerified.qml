import QtQuick
Announcement {
    step: 1; kind: "hand"; code: v.code
    title: p.t("S06.title")
    instruction: (v.expired_on !== "" ? p.t("S06.expired", { date: p.date(v.expired_on) }) + " " : "") + p.t("S06.text")
}

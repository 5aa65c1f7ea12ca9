import QtQuick
Announcement { kind: "hand"; title: p.t("S00.title"); instruction: p.code_text(v.code, {}); code: v.code }

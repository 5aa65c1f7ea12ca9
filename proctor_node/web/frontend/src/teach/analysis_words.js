// Words of the analysis page, Vietnamese first (UX.md section 4). `{0}`, `{1}` are filled in.
const WORDS = {
  title: ['Phân tích câu hỏi', 'Item analysis'],
  paper: ['Đề', 'Paper'],
  papers: ['{0} bài', '{0} papers'],
  code: ['Mã đề', 'Form code'],
  site: ['Trường', 'School'],
  class: ['Lớp', 'Class'],
  every: ['Tất cả', 'All'],
  hidden: ['Nhóm dưới {0} bài không hiển thị. Trang này không có tên, số báo danh.', 'Groups under {0} papers are not shown. This page names nobody.'],
  keyVersion: ['Chấm theo bản đáp án {0}.', 'Marked by version {0} of the key.'],
  first: ['Xem {0} câu này trước', 'Look at these {0} first'],
  firstOne: ['Xem câu này trước', 'Look at this one first'],
  noneFirst: ['Không có câu nào cần xem trước.', 'No question stands out.'],
  item: ['Câu {0}', 'Question {0}'],
  fix: ['Cần sửa', 'Mend'],
  look: ['Nên xem', 'Look'],
  keep: ['Giữ', 'Keep'],
  option: ['Phương án', 'Option'],
  key: ['đáp án', 'key'],
  share: ['Tỉ lệ chọn', 'Share'],
  low: ['Thấp', 'Low'],
  middle: ['Giữa', 'Middle'],
  high: ['Cao', 'High'],
  thirds: ['Tỉ lệ chọn theo nhóm điểm', 'Share by score group'],
  changeKey: ['Đổi đáp án – xem trước', 'Change the key – preview'],
  scoresFinding: ['Phổ điểm: trung bình {0}, trung vị {1}', 'Scores: mean {0}, median {1}'],
  scores: ['Số bài theo điểm', 'Papers by mark'],
  mark: ['Điểm', 'Mark'],
  count: ['Số bài', 'Papers'],
  mapNone: ['Độ khó và độ phân biệt: mọi câu đều phân biệt được', 'Difficulty and discrimination: every question tells pupils apart'],
  mapFinding: ['Độ khó và độ phân biệt: {0} câu dưới vạch 0,2', 'Difficulty and discrimination: {0} below the line of 0.2'],
  facility: ['Tỉ lệ làm đúng', 'Share right'],
  discrimination: ['Độ phân biệt', 'Discrimination'],
  blankNone: ['Bỏ trống: không đáng kể', 'Blanks: hardly any'],
  blankFinding: ['Bỏ trống nhiều nhất ở câu {0} ({1})', 'Most blanks at question {0} ({1})'],
  omitted: ['Bỏ trống', 'Omitted'],
  notReached: ['Không kịp làm', 'Not reached'],
  wrightFinding: ['Năng lực và độ khó trên cùng một thang', 'Abilities and difficulties on one scale'],
  ability: ['Năng lực', 'Ability'],
  difficulty: ['Độ khó', 'Difficulty'],
  asTable: ['Xem dạng bảng', 'As a table'],
  table: ['Bảng đầy đủ', 'Full table'],
  state: ['Trạng thái', 'State'],
  reason: ['Nhận xét', 'Remark'],
  how: ['Cách tính', 'How it is computed'],
  howText: [
    'Độ khó là điểm trung bình chia cho điểm tối đa. Độ phân biệt là tương quan giữa điểm của câu và điểm của các câu còn lại. Dải ± là 1,96 lần sai số chuẩn. Nhóm thấp, giữa, cao là ba phần bằng nhau theo tổng điểm. Các ngưỡng là quy ước, không phải kết luận.',
    'Facility is the mean mark over the maximum. Discrimination is the correlation of the question with the rest of the test. The band of ± is 1.96 standard errors. Low, middle and high are thirds by total mark. Thresholds are conventions, not verdicts.',
  ],
  pdf: ['Tải PDF', 'PDF'],
  xlsx: ['Tải Excel', 'Excel'],
  none: ['không tính được', 'cannot be judged'],
  noPapers: ['Chưa có bài nào đã nộp.', 'No paper has been handed in.'],
  notPublished: [
    'Chưa công bố kết quả nên chưa xem được phân tích: ca khác có thể còn thi đề này.',
    'Results are not published, so there is no analysis yet: another shift may still sit this paper.',
  ],
  tooSmall: ['Nhóm này quá nhỏ để hiển thị.', 'This group is too small to be shown.'],
}

export function tell(language, name, ...values) {
  return values.reduce((told, value, place) => told.replaceAll(`{${place}}`, value), WORDS[name][language])
}

export function percent(language, value) {
  return value === null || value === undefined ? WORDS.none[language] : `${Math.round(100 * value)}%`
}

// Words of the teachers' pages, Vietnamese first (UX.md sections 4 and 5). `{0}`, `{1}` are filled in by `say`.
const WORDS = {
  title: ['Trang giáo viên', 'Teachers'],
  signIn: ['Đăng nhập trang giáo viên', 'Sign in, teachers'],
  account: ['Tài khoản', 'Account'],
  password: ['Mật khẩu', 'Password'],
  enter: ['Đăng nhập', 'Sign in'],
  leave: ['Đăng xuất', 'Sign out'],
  loading: ['Đang tải…', 'Loading…'],
  mayNot: ['Tài khoản này không có quyền dùng trang giáo viên.', 'This account may not use the teachers’ pages.'],
  bank: ['Ngân hàng câu hỏi', 'Item bank'],
  import: ['Nhập tệp', 'Import'],
  blueprint: ['Ma trận đề', 'Blueprint'],
  analysis: ['Phân tích câu hỏi', 'Item analysis'],
  search: ['Tìm trong câu hỏi (có dấu hoặc không dấu)', 'Search items, with or without marks'],
  newItem: ['Soạn câu mới', 'New item'],
  found: ['{0} câu', '{0} items'],
  state: ['Trạng thái', 'State'],
  kind: ['Dạng', 'Kind'],
  level: ['Mức độ', 'Level'],
  topic: ['Chủ đề', 'Topic'],
  anyTopic: ['Mọi chủ đề', 'All topics'],
  item: ['Câu hỏi', 'Item'],
  difficulty: ['Độ khó', 'Facility'],
  discrimination: ['Độ phân biệt', 'Discrimination'],
  lastUsed: ['Lần dùng cuối', 'Last used'],
  never: ['chưa dùng', 'never'],
  papers: ['{0} bài', '{0} papers'],
  trend: ['Độ khó qua các lần dùng: {0}', 'Facility over time: {0}'],
  emptyBank: [
    'Chưa có câu nào. Nhập từ tệp Word hoặc soạn câu đầu tiên.',
    'No items yet. Import a Word file or write the first one.',
  ],
  emptySearch: ['Không có câu nào khớp. Bỏ bớt điều kiện lọc.', 'Nothing matches. Remove a filter.'],
  clear: ['Bỏ lọc', 'Clear filters'],
  more: ['Xem thêm', 'Show more'],
  cannotShow: ['Chưa hiển thị được: {0}', 'Cannot be shown: {0}'],
  back: ['Về danh sách', 'Back to the list'],
  stem: ['Câu dẫn', 'Stem'],
  option: ['Phương án {0}', 'Option {0}'],
  statement: ['Ý {0})', 'Statement {0})'],
  fixed: ['Ghim vị trí', 'Keep in place'],
  addOption: ['Thêm phương án', 'Add an option'],
  removeOption: ['Bớt phương án cuối', 'Remove the last option'],
  keyBox: ['Đáp án', 'Key'],
  keyApart: ['Đáp án không đi cùng đề.', 'Keys never travel with the paper.'],
  showKey: ['Xem đáp án (được ghi nhật ký)', 'Show the key (logged)'],
  keyLocked: ['Câu đã khóa: đáp án không hiển thị trên trang này.', 'Locked: the key is not shown on this page.'],
  cells: ['Đáp số nhập trong 4 ô, ví dụ -1,5', 'Answer for the 4 cells, such as -1,5'],
  solution: ['Lời giải', 'Solution'],
  outcome: ['Yêu cầu cần đạt', 'Learning outcome'],
  subject: ['Môn', 'Subject'],
  true: ['Đúng', 'True'],
  false: ['Sai', 'False'],
  previewAt: ['Thí sinh sẽ thấy', 'What a candidate sees'],
  width: ['Rộng {0}', '{0} wide'],
  dark: ['Nền tối', 'Dark'],
  light: ['Nền sáng', 'Light'],
  faults: ['Cần sửa trước khi duyệt', 'To mend before approval'],
  noFaults: ['Không có lỗi.', 'Nothing is wrong.'],
  save: ['Lưu bản mới', 'Save as a new version'],
  saveFirst: ['Lưu bản nháp', 'Save the draft'],
  saved: ['Đã lưu bản {0}.', 'Saved version {0}.'],
  version: ['Bản {0}', 'Version {0}'],
  differs: ['Bản {0} – khác bản {1} ở {2}', 'Version {0} – differs from {1} in {2}'],
  unsaved: ['Có thay đổi chưa lưu', 'Unsaved changes'],
  signs: [
    'Công thức: $x^2$ · in đậm: **chữ** · in nghiêng: *chữ* · [[1]]: bảng hoặc phần giữ nguyên.',
    'Formula: $x^2$ · bold: **text** · italic: *text* · [[1]]: a table or another part that is kept.',
  ],
  history: ['Lịch sử', 'History'],
  near: ['Gần giống {0} ({1}%)', 'Nearly the same as {0} ({1}%)'],
  used: ['Đã dùng: {0}, mã đề {1}, {2} thí sinh', 'Used: {0}, form {1}, {2} candidates'],
  toReviewed: ['Gửi phản biện: đạt', 'Reviewed: accept'],
  toApproved: ['Phê duyệt', 'Approve'],
  toDraft: ['Trả lại bản nháp', 'Return to draft'],
  toLocked: ['Khóa', 'Lock'],
  toRetired: ['Ngừng dùng', 'Retire'],
  note: ['Ghi chú', 'Note'],
  importHint: [
    'Chọn tệp Word, Excel, QTI, Moodle, GIFT, Aiken hoặc LaTeX. Chưa có gì được ghi cho đến khi bấm nhập.',
    'Choose a Word, Excel, QTI, Moodle, GIFT, Aiken or LaTeX file. Nothing is written until you press import.',
  ],
  chooseFile: ['Chọn tệp', 'Choose a file'],
  noFile: ['Chưa chọn tệp nào', 'No file chosen'],
  reading: ['Đang đọc tệp…', 'Reading the file…'],
  summary: ['{0} câu: {1} đọc đủ · {2} cần xem · {3} lỗi', '{0} items: {1} complete · {2} to check · {3} with errors'],
  nothingLost: ['Không có nội dung nào bị bỏ mà không báo.', 'Nothing was dropped without a line here.'],
  lost: ['{0} mục trong tệp chưa nằm trong câu nào và chưa được báo.', '{0} pieces of the file are in no item and in no line here.'],
  source: ['Trong tệp', 'In the file'],
  parsed: ['Đọc được', 'As read'],
  keep: ['Giữ', 'Keep'],
  skip: ['Bỏ qua', 'Skip'],
  doImport: ['Nhập {0} câu thành bản nháp', 'Import {0} items as drafts'],
  answerErrors: ['Còn {0} câu lỗi chưa chọn Giữ hoặc Bỏ qua.', '{0} items with errors still need Keep or Skip.'],
  imported: ['Đã nhập {0} câu mới; {1} câu đã có sẵn.', '{0} new items; {1} were there already.'],
  none: ['chưa có', 'none'],
  unit: ['Nội dung/đơn vị kiến thức', 'Unit'],
  total: ['Tổng', 'Total'],
  share: ['Tỉ lệ %', 'Share %'],
  addRow: ['Thêm chủ đề', 'Add a topic'],
  removeRow: ['Xóa hàng {0}', 'Remove row {0}'],
  have: ['có {0}', '{0} there'],
  lacks: ['thiếu {0}', '{0} lacking'],
  points: ['Điểm mỗi câu', 'Points each'],
  totalPoints: ['Tổng điểm {0} / {1}', 'Total {0} of {1} points'],
  levels: ['Biết – Hiểu – Vận dụng: {0}', 'Recall – understanding – application: {0}'],
  codes: ['Số mã đề', 'Codes'],
  firstCode: ['Mã đề đầu tiên', 'First code'],
  seed: ['Số khởi tạo', 'Seed'],
  make: ['Sinh {0} mã đề và niêm phong', 'Make and seal {0} forms'],
  made: ['Đã niêm phong {0} mã đề. Cam kết công bố: {1}', '{0} forms sealed. Commitment to publish: {1}'],
  printMatrix: ['In ma trận', 'Print the matrix'],
  printSpecification: ['In bản đặc tả', 'Print the specification'],
  name: ['Tên đề', 'Title'],
  minutes: ['Thời gian (phút)', 'Minutes'],
}

const NAMES = {
  state: {
    draft: ['Bản nháp', 'Draft'], reviewed: ['Đã phản biện', 'Reviewed'], approved: ['Đã duyệt', 'Approved'],
    locked: ['Đã khóa', 'Locked'], retired: ['Ngừng dùng', 'Retired'],
  },
  kind: {
    single_choice: ['Nhiều lựa chọn', 'Single choice'], multiple_choice: ['Nhiều đáp án đúng', 'Multiple choice'],
    true_false_cluster: ['Đúng–Sai', 'True/false'], short_answer: ['Trả lời ngắn', 'Short answer'], other: ['Dạng khác', 'Other'],
  },
  level: {
    NB: ['Biết', 'Recall'], TH: ['Hiểu', 'Understanding'], VD: ['Vận dụng', 'Application'], VDC: ['Vận dụng cao', 'Higher'],
    '': ['Chưa xếp', 'Not set'],
  },
  field: {
    stem: ['câu dẫn', 'the stem'], solution: ['lời giải', 'the solution'], metadata: ['thông tin', 'the details'], kind: ['dạng', 'the kind'],
  },
}

const FAILURES = {
  network: ['Mất kết nối với máy chủ. Thử lại sau ít giây.', 'The server cannot be reached. Try again in a moment.'],
  login_wrong: ['Sai tài khoản hoặc mật khẩu.', 'Wrong account or password.'],
  too_many_tries: ['Thử quá nhiều lần. Chờ rồi thử lại.', 'Too many tries. Wait, then try again.'],
  role_may_not_teach: WORDS.mayNot,
  key_locked: WORDS.keyLocked,
  officers_missing: [
    'Chưa có khóa của ba người giữ mã mở đề nên chưa niêm phong được.',
    'The keys of the three officers are not here yet, so nothing can be sealed.',
  ],
  review_refused: ['Cần người thứ hai: người soạn không tự phản biện hoặc phê duyệt.', 'A second person is needed: authors do not review or approve their own items.'],
  too_large: ['Tệp quá lớn cho trang này (8 MB). Dùng lệnh khaothi bank import.', 'Too large for this page (8 MB). Use khaothi bank import.'],
  import_file_damaged: ['Tệp hỏng hoặc không đúng định dạng.', 'The file is damaged or not what it says.'],
  import_file_hostile: ['Tệp không an toàn nên không được đọc.', 'The file is not safe and was not read.'],
  import_format_unknown: ['Không nhận ra định dạng tệp.', 'The format is not known.'],
  not_understood: ['Có ô nhập chưa đúng.', 'A field is not right.'],
}

// What keeps an item from being approved; `{0}` is what it is about.
const FAULTS = {
  kind: ['Dạng câu này máy chưa chấm được.', 'Items of this kind cannot be marked.'],
  no_text: ['Câu hỏi chưa có câu dẫn.', 'The item has no stem.'],
  attachment: ['“{0}” không thể hiển thị trên đề.', '“{0}” cannot be shown on a paper.'],
  formula: ['Công thức “{0}” chưa vẽ được. Kiểm tra dấu ngoặc và lệnh.', 'The formula “{0}” cannot be drawn. Check brackets and commands.'],
  picture: ['Hình phải là PNG, JPEG hoặc SVG và không hỏng. {0}', 'Pictures must be sound PNG, JPEG or SVG files. {0}'],
  no_key: ['Chưa chọn đáp án.', 'No key is chosen.'],
  weights: ['Câu cho điểm từng phương án; quy chế thi không chấm như vậy.', 'Options are weighed one by one; the exam does not mark that way.'],
  key: ['Đáp án chưa khớp với các phương án.', 'The key does not match the options.'],
  tolerance: ['Đáp số có sai số cho phép nên không chấm được từ các ô.', 'An answer with a tolerance cannot be marked from the cells.'],
  cells: ['Đáp số “{0}” không nhập được trong 4 ô. Đổi yêu cầu làm tròn hoặc đơn vị.', 'The key “{0}” does not fit 4 cells. Change the rounding or the unit.'],
  unpinned: ['Phương án {0} nói về phương án khác: phải ghim vị trí.', 'Option {0} speaks of other options: keep it in place.'],
}

export function faultWords(language, fault) {
  return FAULTS[fault.code] ? FAULTS[fault.code][language].replace('{0}', fault.value).trim() : fault.message
}

export function say(language, name, ...values) {
  const text = WORDS[name][language]
  return values.reduce((told, value, place) => told.replaceAll(`{${place}}`, value), text)
}

export function word(language, group, name) {
  return (NAMES[group][name] ?? [name, name])[language]
}

export function failure(language, refusal) {
  const known = FAILURES[refusal.code]
  if (!known) return refusal.message || refusal.code
  const detail = refusal.code.startsWith('import_') && refusal.message ? ` (${refusal.message})` : ''
  return known[language] + detail
}

export function number(language, value, places) {
  if (value === null || value === undefined) return '–'
  const text = value.toFixed(places)
  return language ? text : text.replace('.', ',').replace('-', '−')
}

export function date(language, text) {
  const day = new Date(text)
  return language
    ? day.toLocaleDateString('en-GB', { day: '2-digit', month: 'short', year: 'numeric' })
    : day.toLocaleDateString('vi-VN', { day: '2-digit', month: '2-digit', year: 'numeric' })
}

import { DESK, FINDING, FOUND, ROLE } from './desk_words.js'

// Every word of the pages, Vietnamese first (UX.md sections 3 and 5). `{…}` is filled in by `say`.
const WORDS = {
  ...DESK,
  title: ['Bảng coi thi', 'Invigilation board'],
  signIn: ['Đăng nhập bảng coi thi', 'Sign in to the board'],
  secondFactor: ['Mã xác thực (6 chữ số)', 'Authenticator code (6 digits)'],
  signInHint: ['Dùng tài khoản do điểm thi cấp.', 'Use the account given by your site.'],
  account: ['Tài khoản', 'Account'],
  password: ['Mật khẩu', 'Password'],
  enter: ['Đăng nhập', 'Sign in'],
  leave: ['Đăng xuất', 'Sign out'],
  live: ['Trực tiếp', 'Live'],
  identity: ['Xác nhận danh tính', 'Identity'],
  results: ['Bài đã thu', 'Papers collected'],
  shift: ['Ca {0}', 'Shift {0}'],
  summary: ['{0} điểm thi · {1} thí sinh', '{0} sites · {1} candidates'],
  signalAt: ['Hiệu lệnh lúc {0}', 'Signal given at {0}'],
  noSignal: ['Chưa phát hiệu lệnh', 'No signal yet'],
  dataLive: ['Dữ liệu trực tiếp', 'Live data'],
  dataCut: ['Mất kết nối với máy chủ', 'Server lost'],
  cutBanner: [
    'Mất kết nối với máy chủ từ {0}. Số liệu bên dưới đã cũ {1}. Các thao tác tạm khóa.',
    'Server lost since {0}. What you see is {1} old. Acts are locked.',
  ],
  nodeClock: ['Giờ trung tâm', 'Node time'],
  clockStopped: ['Giờ đã dừng', 'Clock stopped'],
  toDo: ['Cần xử lý', 'Needs attention'],
  toDoCount: ['{0} việc', '{0} open'],
  nothingToDo: ['Không có việc cần xử lý.', 'Nothing needs you.'],
  nobodyYet: ['Chưa có thí sinh làm thủ tục. Danh sách {0} thí sinh đã nạp.', 'Nobody has checked in yet. {0} candidates are on the list.'],
  noStations: ['Chưa có máy thi nào được ghép với trung tâm.', 'No PC has been enrolled yet.'],
  loading: ['Đang tải…', 'Loading…'],
  map: ['Sơ đồ chỗ ngồi', 'Seat map'],
  list: ['Danh sách', 'List'],
  search: ['Tìm SBD, tên, máy', 'Search name, PC'],
  all: ['Tất cả', 'All'],
  seat: ['Máy {0}', 'PC {0}'],
  room: ['Phòng {0}', 'Room {0}'],
  place: ['{0} · Phòng\u00a0{1}', '{0} · Room\u00a0{1}'],
  siteLine: ['{0} thí sinh · {1} đã vào thi', '{0} people · {1} sitting'],
  absentCount: ['{0} vắng', '{0} absent'],
  itemCount: ['{0} câu', '{0} items'],
  spare: ['trống', 'free'],
  candidate: ['Thí sinh', 'Candidate'],
  number: ['SBD', 'Number'],
  name: ['Họ và tên', 'Name'],
  class: ['Lớp', 'Class'],
  site: ['Điểm thi', 'Site'],
  progress: ['Tiến độ', 'Progress'],
  answered: ['Đã trả lời', 'Answered'],
  items: ['Câu', 'Items'],
  link: ['Kết nối', 'Link'],
  timeLeft: ['Còn lại', 'Time left'],
  flagsHead: ['Dấu hiệu', 'Flags'],
  attention: ['Mức', 'Level'],
  close: ['Đóng', 'Close'],
  cancel: ['Hủy bỏ', 'Cancel'],
  confirm: ['Xác nhận', 'Confirm'],
  reason: ['Lý do', 'Reason'],
  note: ['Ghi chú', 'Note'],
  minutes: ['Số phút', 'Minutes'],
  message: ['Nội dung', 'Message'],
  toSeat: ['Chuyển sang', 'Move to'],
  noFreeSeat: ['Điểm thi này không còn máy trống đang kết nối.', 'No free PC is online at this site.'],
  acts: ['Thao tác', 'Acts'],
  readOnly: ['Tài khoản này chỉ được xem.', 'This account may only watch.'],
  notBegun: ['Chưa có bài thi ở máy này.', 'No attempt at this PC yet.'],
  done: ['Đã gửi tới Máy {0}.', 'Sent to PC {0}.'],
  openCase: ['Mở hồ sơ', 'Open the case'],
  noCases: ['Không có thí sinh chờ xác nhận.', 'Nobody waits for confirmation.'],
  caseTitle: ['Xác nhận danh tính', 'Confirm identity'],
  caseAsk: ['Đối chiếu ảnh chip, người thật và danh sách tại máy, rồi quyết định.', 'Compare the chip portrait, the person and the list at the PC, then decide.'],
  whatRules: ['Máy chuyển cho người xác nhận vì', 'The rules referred this because'],
  decide: ['Quyết định', 'Decision'],
  admit: ['Xác nhận đúng thí sinh', 'Confirm: right candidate'],
  later: ['Chưa quyết định, kiểm tra thêm', 'Not yet, check more'],
  refuse: ['Không phải thí sinh này', 'Not this candidate'],
  second: ['Người thứ hai', 'Second person'],
  secondHint: [
    'Cần cán bộ coi thi và Trưởng điểm thi, mỗi người tự nhập mật khẩu của mình.',
    'An invigilator and the head of site are both needed; each types their own password.',
  ],
  firstIs: ['Người thứ nhất: {0}', 'First person: {0}'],
  logged: ['Lượt xem và quyết định được ghi lại.', 'Views and decisions are recorded.'],
  score: ['Điểm', 'Mark'],
  part: ['Phần {0}', 'Part {0}'],
  outcome: ['Kết quả', 'Outcome'],
  noResults: ['Chưa có bài thi.', 'No papers yet.'],
  mayNotSeeResults: ['Tài khoản này không được xem điểm.', 'This account may not see marks.'],
  levelsNote: ['Bài chưa về đủ không phải điểm 0: cần người quyết định.', 'A missing paper is never a zero: it needs a decision.'],
  seatKeys: ['Phím: / tìm · S sơ đồ · L danh sách · mũi tên đi giữa các máy · Enter mở', 'Keys: / search · S map · L list · arrows between seats · Enter opens'],
}

const PHASE = {
  expected: ['Chưa đến', 'Expected'],
  card_read: ['Đã đọc thẻ', 'Card read'],
  verified: ['Đã xác thực', 'Verified'],
  needs_a_person: ['Chờ xác nhận', 'Needs a person'],
  refused: ['Không được dự thi', 'Not admitted'],
  ready: ['Sẵn sàng', 'Ready'],
  working: ['Đang làm bài', 'Working'],
  paused: ['Tạm dừng', 'Paused'],
  submitted: ['Đã nộp bài', 'Submitted'],
  collected_at_time: ['Đã thu bài khi hết giờ', 'Collected at time'],
  collected_by_force: ['Bị thu bài', 'Collected by force'],
  moved: ['Đang chuyển máy', 'Moving'],
  void: ['Hủy lượt thi', 'Void'],
  absent: ['Vắng thi', 'Absent'],
  spare: ['Máy trống', 'Free PC'],
}

// At most six letters: a tile is 52 pixels wide.
const SHORT = {
  expected: ['chưa', 'due'],
  card_read: ['thẻ', 'card'],
  verified: ['đúng', 'ID ok'],
  needs_a_person: ['chờ', 'waits'],
  refused: ['không', 'no'],
  ready: ['sẵn', 'ready'],
  absent: ['vắng', 'absent'],
  moved: ['chuyển', 'moves'],
  void: ['hủy', 'void'],
  spare: ['trống', 'free'],
}

const LINK = {
  none: ['Chưa kết nối', 'Never online'],
  live: ['Trực tiếp', 'Live'],
  slow: ['Chậm {0} giây', 'Slow {0} s'],
  lost: ['Mất liên lạc {0}', 'Lost {0}'],
  offline: ['Ngoại tuyến – vẫn làm bài', 'Offline, still working'],
  broken: ['Máy hỏng', 'PC broken'],
}

const FLAG = {
  help: ['Gọi hỗ trợ', 'Asks for help'],
  moved: ['Đã chuyển máy', 'Moved'],
  manual: ['Xác nhận thủ công', 'Manual admission'],
  screen_left: ['Rời màn hình thi', 'Left the screen'],
  restarted: ['Máy khởi động lại', 'PC restarted'],
  unsent: ['Còn câu chưa gửi', 'Unsent answers'],
  held_out: ['Phần mềm khác phiên bản', 'Other build'],
  odd_record: ['Hồ sơ cần xem', 'Record needs a look'],
  late: ['Đến muộn', 'Late'],
}

// title, what to do
const ALARM = {
  lost_contact: [
    ['Máy {0} mất liên lạc – {1}', 'PC {0} lost contact – {1}'],
    ['Đến máy xem: đề còn trên màn hình thì bấm “Vẫn làm bài”; màn hình tắt thì bật lại hoặc chuyển máy.', 'Go and look: if the paper is on the screen press “Still working”; if it is dark, restart or move.'],
  ],
  room_lost: [
    ['Phòng {3} mất liên lạc – {4} máy – {1}', 'Room {3} lost contact – {4} PCs – {1}'],
    ['Thường do bộ chia mạng. Vào phòng xem; máy còn đề thì bấm “Cả phòng vẫn làm bài”, gọi kỹ thuật.', 'Often the switch. Go and look; if the papers are there press “Whole room still working” and call the technician.'],
  ],
  cannot_save: [
    ['Máy {0} chưa lưu được (đĩa đầy)', 'PC {0} cannot save (disk full)'],
    ['Cho thí sinh dừng tay, chuyển máy ngay; câu đã báo “Đã lưu” vẫn còn.', 'Have the candidate stop and move now; answers shown as saved are safe.'],
  ],
  not_opened: [
    ['Máy {0} chưa mở được đề', 'PC {0} has not opened the paper'],
    ['Bấm “Gửi lại mã mở đề”; sau 60 giây chưa được thì chuyển máy, ghi bù giờ.', 'Press “Send the key again”; after 60 s move to another PC and give time.'],
  ],
  help: [
    ['Máy {0} gọi hỗ trợ: {2}', 'PC {0} asks for help: {2}'],
    ['Đến chỗ thí sinh, rồi ghi kết quả. Mục tiêu: trong 2 phút.', 'Go to the candidate, then note the outcome. Aim: within 2 minutes.'],
  ],
  identity: [
    ['Máy {0} chờ xác nhận', 'PC {0} waits for confirmation'],
    ['Đối chiếu ảnh chip, người thật và danh sách, rồi quyết định.', 'Compare chip portrait, person and list, then decide.'],
  ],
  unsent_near_end: [
    ['Máy {0} còn {2} câu chưa gửi, sắp hết giờ', 'PC {0}: {2} answers unsent near the end'],
    ['Kiểm tra dây mạng. Không tắt máy khi hết giờ; lấy bài bằng USB nếu chưa gửi.', 'Check the cable. Leave the PC on at the end; collect by USB if still unsent.'],
  ],
  unsent_after_end: [
    ['Máy {0} hết giờ, còn {2} câu chưa về', 'PC {0}: time is up, {2} answers not here'],
    ['Không phải điểm 0. Giữ máy bật, lấy bài bằng USB, ghi biên bản.', 'Not a zero. Leave the PC on, collect by USB, write minutes.'],
  ],
  left_screen: [
    ['Máy {0} rời màn hình thi ({2} giây)', 'PC {0} left the exam screen ({2} s)'],
    ['Quan sát thí sinh; cửa sổ lạ thì lập biên bản. Chỉ cảnh báo, không tự trừ điểm.', 'Watch the candidate. A warning only: no automatic penalty.'],
  ],
  odd_record: [
    ['Máy {0}: hồ sơ cần xem', 'PC {0}: the record needs a look'],
    ['Trung tâm kiểm tra lại thấy khác với máy thi. Báo Trưởng điểm thi.', 'The node’s own check differs from the PC’s. Tell the head of site.'],
  ],
  lockdown_partial: [
    ['Máy {0} khóa màn hình mức “một phần”: {2}', 'PC {0}: partial lockdown: {2}'],
    ['Rút màn hình thứ hai hoặc ngồi quan sát.', 'Unplug the second screen or sit and watch.'],
  ],
  mixed_fleet: [
    ['Phần mềm khác phiên bản: Máy {0}', 'Other build: PC {0}'],
    ['Máy này không nằm trong hiệu lệnh. Cập nhật hoặc đổi máy.', 'Left out of the signal. Update it or use another PC.'],
  ],
  offline_working: [
    ['Máy {0} ngoại tuyến, vẫn làm bài', 'PC {0} offline, still working'],
    ['Thí sinh làm bình thường; gọi kỹ thuật xem dây mạng.', 'The candidate works as usual; have the cable looked at.'],
  ],
  room_offline: [
    ['Phòng {3} ngoại tuyến – {4} máy vẫn làm bài', 'Room {3} offline – {4} PCs still working'],
    ['Thí sinh làm bình thường; gọi kỹ thuật xem bộ chia mạng.', 'They work as usual; have the switch looked at.'],
  ],
}

const REASON = {
  not_on_roster: ['chưa có trong danh sách', 'not on the list'],
  wrong_shift: ['khác ca thi', 'another shift'],
  wrong_seat: ['khác máy', 'another seat'],
  card_in_use: ['thẻ đang dùng ở máy khác', 'card in use elsewhere'],
  too_late: ['quá giờ vào phòng thi', 'past the entry time'],
  late: ['đến muộn', 'late'],
  without_biometrics: ['làm thủ tục không dùng sinh trắc', 'route without biometrics'],
  data_group_altered: ['dữ liệu trong chip khác bản đã ký', 'chip data differs from the signed version'],
  data_group_not_checked: ['chưa kiểm tra đủ dữ liệu chip', 'chip data not fully checked'],
  signature_invalid: ['chữ ký số không hợp lệ', 'digital signature invalid'],
  signer_not_trusted: ['chứng thư ký không được tin cậy', 'signer not trusted'],
  signer_revoked: ['chứng thư ký đã bị thu hồi', 'signer revoked'],
  signer_not_valid_then: ['chứng thư ký hết hạn khi ký', 'signer not valid when it signed'],
  country_differs: ['quốc gia trên thẻ và chứng thư khác nhau', 'card and certificate countries differ'],
  state_not_accepted: ['thẻ của nước khác', 'issuing state not accepted'],
  promised_key_missing: ['chip thiếu khóa đã cam kết', 'chip lacks a promised key'],
  no_trust_anchor: ['chưa có chứng thư để kiểm tra (chưa kết luận)', 'no trust anchor (inconclusive, not a forgery)'],
  chip_not_genuine: ['chip không chứng minh được là chip gốc', 'chip did not prove to be the original'],
  chip_uncertain: ['chưa rõ chip gốc', 'chip uncertain'],
  details_differ: ['thông tin thẻ khác danh sách', 'card and list differ'],
  name_spelling: ['khác cách viết tên', 'name spelled differently'],
  card_expired: ['thẻ hết hạn', 'card expired'],
  face_mismatch: ['khuôn mặt chưa khớp ảnh chip', 'face does not match the chip portrait'],
  face_uncertain: ['khuôn mặt ở vùng cần người xem', 'face in the band for a person to look at'],
  face_not_found: ['chưa thấy khuôn mặt', 'no face found'],
  face_not_compared: ['chưa so khuôn mặt', 'face not compared'],
  liveness_failed: ['chưa đạt kiểm tra người thật', 'liveness not shown'],
  liveness_not_performed: ['chưa kiểm tra người thật', 'liveness not checked'],
  card_removed_resumed: ['thẻ rời đầu đọc, đọc tiếp được', 'card removed, reading went on'],
}

const HELP = {
  pc: ['máy hoặc bàn phím lỗi', 'PC or keyboard'],
  paper: ['đề thi hiển thị lỗi', 'paper display'],
  health: ['sức khỏe', 'not well'],
  leave: ['xin ra ngoài', 'needs to leave the room'],
  other: ['việc khác', 'something else'],
}

const OUTCOME = {
  submitted: ['Đã nộp bài', 'Submitted'],
  closed_by_time: ['Thu bài khi hết giờ', 'Collected at time'],
  collected: ['Bị thu bài', 'Collected by force'],
  voided: ['Hủy lượt thi', 'Void'],
  needs_decision: ['Cần quyết định', 'Needs a decision'],
  absent: ['Vắng thi', 'Absent'],
  refused: ['Không được dự thi', 'Not admitted'],
}

const ACT = {
  message: ['Nhắn tin', 'Message'],
  pause: ['Tạm dừng', 'Pause'],
  resume: ['Tiếp tục', 'Resume'],
  extend: ['Gia hạn thời gian', 'Extend'],
  compensate: ['Bù giờ', 'Make time up'],
  void: ['Hủy lượt thi', 'Void'],
  khien_trach: ['Khiển trách (−25%)', 'Reprimand (−25%)'],
  canh_cao: ['Cảnh cáo (−50%)', 'Warning (−50%)'],
  dinh_chi: ['Đề nghị đình chỉ', 'Suspend'],
  evacuate: ['Sơ tán phòng', 'Evacuate the room'],
  incident: ['Việc đã xử lý', 'Matter closed'],
  move: ['Chuyển máy', 'Move to another PC'],
  collect: ['Thu bài', 'Collect'],
}

const ERROR = {
  outcome_missing: ['Ghi kết quả xử lý trước khi bấm Xong.', 'Write the outcome first.'],
  alarm_gone: ['Việc này không còn nữa.', 'This matter is gone.'],
  alarm_not_taken: ['Chưa ai nhận việc này.', 'Nobody has taken this.'],
  not_on_duty: ['Người này không trực.', 'This person is not on duty.'],
  reason_unknown: ['Chọn nhóm lý do và lý do phù hợp.', 'Choose a fitting reason.'],
  text_missing: ['Viết nội dung tin nhắn.', 'Write the message.'],
  nobody_meant: ['Không có ai đang làm bài ở đó.', 'Nobody is at work there.'],
  second_factor_wanted: ['Người thứ hai phải nhập mã xác thực.', 'The second person must enter their code.'],
  not_before_its_time: ['Chưa đến giờ cho phép (Q402). Hiệu lệnh chưa được phát.', 'Not before its time (Q402). No signal was given.'],
  results_final: ['Kết quả đã chốt.', 'Results are final.'],
  results_not_published: ['Chưa công bố kết quả.', 'Results are not published.'],
  appeal_open: ['Còn đơn phúc khảo chưa chấm lại.', 'An appeal is still open.'],
  paper_needs_decision: ['Còn bài cần quyết định.', 'A paper still needs a decision.'],
  graders_differ: ['Hai bộ chấm cho điểm khác nhau. Chưa công bố gì; báo quản trị.', 'The two graders differ. Nothing was published; tell the administrator.'],
  centre_only: ['Chỉ trung tâm làm được việc này.', 'Only the centre may do this.'],
  key_not_enterable: ['Thí sinh không nhập được đáp án này.', 'Nobody could enter that key.'],
  unknown_item: ['Không có câu này.', 'There is no such question.'],
  roster_unreadable: ['Tệp này không phải danh sách đọc được (XLSX, CSV).', 'This is no readable roster (XLSX, CSV).'],
  value_invalid: ['Giá trị chưa đúng dạng.', 'The value is not valid.'],
  no_such_seat: ['Không có chỗ này trong kế hoạch.', 'The plan has no such seat.'],
  attempt_has_begun: ['Thí sinh đã bắt đầu: dùng “Chuyển máy”.', 'They have begun: use “Move”.'],
  role_may_not_see_log: ['Tài khoản này không được xem nhật ký.', 'This account may not see the log.'],
  node_not_ready: ['Chưa có kế hoạch thi.', 'No plan yet.'],
  second_factor_wrong: ['Mã xác thực chưa đúng hoặc đã dùng.', 'The code is wrong or was used.'],
  second_factor_missing: ['Tài khoản này phải có mã xác thực. Nhờ quản trị cấp.', 'This account needs a second factor. Ask the administrator.'],
  too_many_requests: ['Quá nhiều lần thử. Chờ một phút.', 'Too many tries. Wait a minute.'],
  login_wrong: ['Tài khoản hoặc mật khẩu chưa đúng.', 'Account or password is wrong.'],
  too_many_tries: ['Sai quá nhiều lần. Báo người quản trị.', 'Too many tries. Tell the administrator.'],
  not_logged_in: ['Phiên đăng nhập đã hết. Đăng nhập lại.', 'The sign-in has ended. Sign in again.'],
  second_person_must_differ: ['Người thứ hai phải khác người thứ nhất (Q401).', 'The second person must differ from the first (Q401).'],
  needs_invigilator_and_site_head: ['Cần một cán bộ coi thi và một Trưởng điểm thi.', 'An invigilator and a head of site are needed.'],
  decision_needs_a_reason: ['Chọn lý do trước khi quyết định.', 'Choose a reason first.'],
  nothing_to_decide: ['Hồ sơ này đã có quyết định.', 'This case has been decided.'],
  reason_missing: ['Chọn lý do.', 'Choose a reason.'],
  minutes_invalid: ['Số phút phải từ 1 đến 240.', 'Minutes are 1 to 240.'],
  another_site: ['Thí sinh thuộc điểm thi khác.', 'The candidate belongs to another site.'],
  attempt_not_begun: ['Thí sinh chưa bắt đầu làm thủ tục.', 'The candidate has not begun.'],
  role_may_not_act: ['Tài khoản này chỉ được xem.', 'This account may only watch.'],
  seat_not_free: ['Máy đích không trống.', 'That PC is not free.'],
  network: ['Chưa gửi được. Kiểm tra kết nối rồi thử lại.', 'Not sent. Check the connection and try again.'],
  other: ['Chưa làm được ({0}).', 'Not done ({0}).'],
}

export const REASONS_ADMIT = [
  ['đã xem thẻ gốc, giáo viên xác nhận', 'original card seen, confirmed by a teacher'],
  ['ảnh thẻ cũ, khuôn mặt thay đổi', 'old portrait, face has changed'],
  ['ánh sáng, camera kém', 'poor light or camera'],
  ['kính, khăn, băng y tế', 'glasses, scarf, bandage'],
  ['không làm được động tác', 'could not do the movement'],
  ['sai sót danh sách đã kiểm tra', 'mistake in the list, checked'],
  ['không đồng ý sinh trắc, đã đối chiếu giấy tờ', 'no biometrics, papers compared'],
]
export const REASONS_REFUSE = [
  ['nghi thi hộ', 'suspected impersonation'],
  ['thẻ của người khác', 'someone else’s card'],
  ['thông tin không khớp', 'details do not match'],
  ['từ chối đối chiếu', 'refused the comparison'],
]
const TABLES = { phase: PHASE, short: SHORT, link: LINK, flag: FLAG, reason: REASON, help: HELP, outcome: OUTCOME, act: ACT, error: ERROR, finding: FINDING, found: FOUND, role: ROLE }

const fill = (text, values) => text.replace(/\{(\d)\}/g, (whole, index) => values[index] ?? whole)

export function say(language, key, ...values) {
  return fill((WORDS[key] ?? [key, key])[language], values)
}

export function word(language, table, key, ...values) {
  const found = TABLES[table][key]
  return found ? fill(found[language], values) : key
}

export function alarmWords(language, alarm, ...values) {
  const [title, todo] = ALARM[alarm] ?? [[alarm, alarm], ['', '']]
  return { title: fill(title[language], values), todo: fill(todo[language], values) }
}

export const failure = (language, code) =>
  ERROR[code] ? ERROR[code][language] : fill(ERROR.other[language], [code])

export const two = (number) => String(number).padStart(2, '0')

export function span(seconds) {
  const hours = Math.floor(seconds / 3600)
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(Math.floor(seconds) % 60)}`
  return hours ? `${two(hours)}:${rest}` : rest
}

// Node time is milliseconds since 1970; exams are held in UTC+7 and the wall clock of this PC takes no part.
export function clock(ms) {
  const time = new Date(ms + 7 * 3600_000)
  return `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`
}

export const decimal = (language, text) => (language === 0 ? text.replace('.', ',') : text)

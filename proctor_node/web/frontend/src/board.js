// Pure pieces of the board: what a tile shows, which alarms stand together, which seats a filter leaves.
import { HELP_CODES } from './codes.js'
import { alarmWords, say, span, two, word } from './words.js'

// Nobody came and the signal was given: absent. No row at this seat: a free PC.
export function shownPhase(seat) {
  if (!seat.sbd && seat.phase === 'expected') return 'spare'
  return seat.phase === 'expected' && seat.signal ? 'absent' : seat.phase
}

export const AT_WORK = new Set(['working', 'paused', 'submitted', 'collected_at_time', 'collected_by_force'])

export function tileWord(language, seat) {
  const phase = shownPhase(seat)
  return AT_WORK.has(phase) ? String(seat.answered) : word(language, 'short', phase)
}

export function linkWord(language, seat) {
  const value = seat.link === 'lost' ? span(seat.silent) : seat.silent
  return word(language, 'link', seat.link, value)
}

export function detailWord(language, alarm) {
  if (alarm.kind === 'help') return HELP_CODES.has(alarm.detail) ? word(language, 'help', alarm.detail) : alarm.detail
  return alarm.detail
}

export function seatName(language, seat) {
  const parts = [say(language, 'seat', two(seat.seat)), word(language, 'phase', shownPhase(seat))]
  if (AT_WORK.has(seat.phase)) parts.push(`${say(language, 'answered')} ${seat.answered}/${seat.items}`)
  parts.push(linkWord(language, seat), ...seat.flags.map((flag) => word(language, 'flag', flag)))
  return parts.join(', ')
}

export function alarmLine(language, alarm) {
  const since = ['lost_contact', 'room_lost'].includes(alarm.kind) ? span(Number(alarm.detail)) : ''
  return alarmWords(language, alarm.kind, two(alarm.seat), since, detailWord(language, alarm), alarm.room, alarm.count)
}

export const LEVEL_SHAPE = { 1: 'bad', 2: 'help', 3: 'needs_a_person', 4: 'slow', 5: 'slow', 6: 'none' }

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase()

export function matches(seat, text, filter) {
  const phase = shownPhase(seat)
  const inFilter =
    filter === 'all' ||
    (filter === 'lost' ? seat.link === 'lost' : filter.startsWith('level') ? seat.level === Number(filter.slice(5)) : filter === 'ended' ? ENDED.has(phase) : phase === filter)
  const wanted = plain(text.trim())
  if (!wanted) return inFilter
  const words = `${seat.sbd} ${plain(seat.name)} ${two(seat.seat)}`
  return inFilter && words.includes(wanted)
}

export const ENDED = new Set(['submitted', 'collected_at_time', 'collected_by_force', 'void'])

// Sites in the plan's order, each with its rooms and seats.
export function bySite(seats, sites) {
  const found = Object.keys(sites).map((id) => ({ id, name: sites[id], rooms: new Map() }))
  const known = new Map(found.map((site) => [site.id, site]))
  for (const seat of [...seats].sort((a, b) => a.room.localeCompare(b.room) || a.seat - b.seat)) {
    const site = known.get(seat.site)
    if (site) site.rooms.set(seat.room, [...(site.rooms.get(seat.room) ?? []), seat])
  }
  return found.filter((site) => site.rooms.size)
}

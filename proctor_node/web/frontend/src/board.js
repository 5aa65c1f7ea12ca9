// Pure pieces of the board: what a tile shows, which alarms stand together, which seats a filter leaves.
import { HELP_CODES } from './codes.js'
import { alarmWords, say, span, two, word } from './words.js'

export const ROOM_AT = 3

// Nobody came and the signal was given: absent. No row at this seat: a free PC.
export function shownPhase(seat, started) {
  if (!seat.sbd && seat.phase === 'expected') return 'spare'
  return seat.phase === 'expected' && started ? 'absent' : seat.phase
}

export const AT_WORK = new Set(['working', 'paused', 'submitted', 'collected_at_time', 'collected_by_force'])

export function tileWord(language, seat, started) {
  const phase = shownPhase(seat, started)
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

export function seatName(language, seat, started) {
  const parts = [say(language, 'seat', two(seat.seat)), word(language, 'phase', shownPhase(seat, started))]
  if (AT_WORK.has(seat.phase)) parts.push(`${say(language, 'answered')} ${seat.answered}/${seat.items}`)
  parts.push(linkWord(language, seat), ...seat.flags.map((flag) => word(language, 'flag', flag)))
  return parts.join(', ')
}

// Silence of several seats of one room is one matter, mostly the switch: one line instead of many.
export function gathered(alarms) {
  const rooms = new Map()
  for (const alarm of alarms) {
    if (alarm.kind !== 'lost_contact') continue
    const key = `${alarm.site}/${alarm.room}`
    rooms.set(key, [...(rooms.get(key) ?? []), alarm])
  }
  const told = new Set()
  const lines = []
  for (const alarm of alarms) {
    const key = `${alarm.site}/${alarm.room}`
    const together = alarm.kind === 'lost_contact' ? rooms.get(key) : []
    if (together.length < ROOM_AT) lines.push({ ...alarm, id: `${alarm.station}/${alarm.kind}` })
    else if (!told.has(key)) {
      told.add(key)
      lines.push({ ...alarm, kind: 'room_lost', count: together.length, id: `${key}/room_lost` })
    }
  }
  return lines
}

export function alarmLine(language, alarm) {
  if (alarm.kind === 'room_lost') return alarmWords(language, 'room_lost', alarm.room, alarm.count)
  const since = alarm.kind === 'lost_contact' ? span(Number(alarm.detail)) : ''
  return alarmWords(language, alarm.kind, two(alarm.seat), since, detailWord(language, alarm))
}

export const LEVEL_SHAPE = { 1: 'bad', 2: 'help', 3: 'needs_a_person', 4: 'slow', 5: 'slow', 6: 'none' }

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/gi, 'd').toLowerCase()

export function matches(seat, text, filter, started) {
  const phase = shownPhase(seat, started)
  const inFilter =
    filter === 'all' ||
    (filter === 'lost' ? seat.link === 'lost' : filter === 'ended' ? ENDED.has(phase) : phase === filter)
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

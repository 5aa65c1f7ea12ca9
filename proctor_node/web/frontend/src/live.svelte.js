// What the node says, as it says it: a snapshot, then what changed. Nothing is kept in this browser but the language.
import { SvelteMap } from 'svelte/reactivity'
import { failure, say } from './words.js'

export const view = $state({
  language: localStorage.getItem('khaothi.language') === 'en' ? 1 : 0,
  me: undefined, // undefined: not asked yet, null: nobody
  head: null,
  online: false,
  cutAt: 0,
  heardAt: 0,
  rate: 1,
  now: performance.now(),
  lettersOff: false,
})

export const seats = new SvelteMap()
export const t = (key, ...values) => say(view.language, key, ...values)
export const fail = (error) => failure(view.language, error.message)
export const siteName = (id) => view.head?.sites[id] ?? id
let source = null
let watchdog = 0
const SILENT_MS = 5000

export function setLanguage(language) {
  view.language = language
  localStorage.setItem('khaothi.language', language ? 'en' : 'vi')
  document.documentElement.lang = language ? 'en' : 'vi'
}

export async function ask(path, body) {
  const options = body === undefined ? {} : { method: 'POST', headers: { 'X-Khaothi': '1' }, body: JSON.stringify(body) }
  let answer
  try {
    answer = await fetch(path, options)
  } catch {
    throw new Error('network')
  }
  const given = await answer.json().catch(() => ({}))
  if (answer.ok) return given
  if (answer.status === 401 && view.me) {
    const code = given.error?.code
    if (code === 'not_logged_in') leave()
  }
  throw new Error(given.error?.code ?? String(answer.status))
}

export async function whoAmI() {
  try {
    view.me = await ask('/v1/me')
    follow()
  } catch {
    view.me = null
  }
}

export async function enter(name, password, code) {
  view.me = await ask('/v1/login', { name, password, code })
  follow()
}

export async function signOut() {
  await ask('/v1/logout', {}).catch(() => {})
  leave()
}

function leave() {
  source?.close()
  clearInterval(watchdog)
  source = null
  seats.clear()
  view.me = null
  view.head = null
  view.online = false
}

function take(message, whole) {
  const { board, seats: changed } = JSON.parse(message.data)
  const now = performance.now()
  if (view.head && !whole && now - view.heardAt > 200) {
    // The node's clock may run faster than life on a trial day; between two messages it goes on at the pace seen.
    const pace = (board.node_time - view.head.node_time) / (now - view.heardAt)
    if (pace > 0 && pace < 1000) view.rate = pace
  }
  if (whole) seats.clear()
  for (const seat of changed) seats.set(seat.station, seat)
  view.head = board
  view.heardAt = view.now = now
  view.online = true
}

function follow() {
  source?.close()
  source = new EventSource('/v1/live')
  source.addEventListener('snapshot', (message) => take(message, true))
  source.addEventListener('delta', (message) => take(message, false))
  clearInterval(watchdog)
  watchdog = setInterval(() => {
    view.now = performance.now()
    const silent = !view.head || view.now - view.heardAt > SILENT_MS
    if (silent && view.online) view.cutAt = nodeTime()
    if (silent) view.online = false
  }, 250)
}

export function nodeTime() {
  if (!view.head) return 0
  const since = view.online || !view.cutAt ? Math.min(view.now - view.heardAt, 1500) : 0
  return view.head.node_time + since * view.rate
}

export const staleSeconds = () => Math.max(0, (view.now - view.heardAt) / 1000)

// Counted to the second at which the node last spoke: every row moves together, once a second.
export function secondsLeft(seat) {
  if (seat.left) return seat.left / 1000
  return seat.deadline && view.head ? Math.max(0, Math.floor((seat.deadline - view.head.node_time) / 1000)) : 0
}

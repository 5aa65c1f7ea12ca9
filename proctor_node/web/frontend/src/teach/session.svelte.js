// Who is here, in which language, and one way to ask the node. Nothing is kept in this browser but the language.
export const session = $state({ language: localStorage.getItem('khaothi.language') === 'en' ? 1 : 0, me: undefined })

export function setLanguage(language) {
  session.language = language
  localStorage.setItem('khaothi.language', language ? 'en' : 'vi')
  document.documentElement.lang = language ? 'en' : 'vi'
}

export class Refusal extends Error {
  constructor(given, status) {
    super(given.error?.message ?? String(status))
    this.code = given.error?.code ?? String(status)
    this.reasons = given.reasons ?? []
    this.advice = given.advice ?? null
  }
}

// `body`: an object goes as JSON, a file as its bytes. `blob`: the answer is a file.
export async function ask(path, body, { blob = false } = {}) {
  const options = {}
  if (body !== undefined) {
    options.method = 'POST'
    options.headers = { 'X-Khaothi': '1' }
    options.body = body instanceof Blob ? body : JSON.stringify(body)
  }
  let answer
  try {
    answer = await fetch(path, options)
  } catch {
    throw new Refusal({ error: { code: 'network', message: '' } }, 0)
  }
  if (answer.ok) return blob ? answer.blob() : answer.json()
  const refusal = new Refusal(await answer.json().catch(() => ({})), answer.status)
  if (refusal.code === 'not_logged_in') session.me = null
  throw refusal
}

export async function whoAmI() {
  try {
    session.me = await ask('/v1/me')
  } catch {
    session.me = null
  }
}

export async function enter(name, password) {
  session.me = await ask('/v1/login', { name, password })
}

export async function leave() {
  await ask('/v1/logout', {}).catch(() => {})
  session.me = null
}
